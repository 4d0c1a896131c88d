"""What the interface takes and gives, as msgspec structs; nothing inward uses them."""
