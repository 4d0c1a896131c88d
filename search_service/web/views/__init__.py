"""What pages show, as values: made from what the service answers, without any IO."""
