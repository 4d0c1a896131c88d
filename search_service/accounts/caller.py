"""Who calls and from where: what every change of an account is checked against and logged with."""

from dataclasses import dataclass

from search_service.accounts.policy import Principal
from search_service.audit.entries import Actor


@dataclass(frozen=True, slots=True)
class Caller:
    """A principal with the address and request it came by; both None on the command line."""

    principal: Principal
    address: str | None = None
    request_id: str | None = None

    @property
    def actor(self) -> Actor:
        """The same person as the audit log writes it."""
        email = self.principal.email or self.principal.full_name or None
        return Actor(self.principal.user_id, email, self.address, self.request_id)
