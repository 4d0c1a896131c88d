"""The command line: owns what a terminal user types and reads."""
