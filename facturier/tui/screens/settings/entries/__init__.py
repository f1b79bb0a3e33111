"""The entries of the sections: fields, and how they are shown and checked."""
