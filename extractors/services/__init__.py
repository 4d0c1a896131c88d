"""What is done with a file by others than its format's reader: drawn, converted, recognised."""
