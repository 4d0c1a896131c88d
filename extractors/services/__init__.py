"""What is made of a file beside its text: pictures of its pages."""
