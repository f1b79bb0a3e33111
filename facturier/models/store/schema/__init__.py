"""Create the schema, upgrade it, and recognize schemas that are not ours."""
