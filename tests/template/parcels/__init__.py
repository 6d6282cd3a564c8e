"""What a team brings: five files that replace the example of a generated project."""
