"""One command per file, under the name that people type, in folders by theme."""
