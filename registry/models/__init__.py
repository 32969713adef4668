from registry.models.organizations import Organization
from registry.models.people import Membership, MembershipStanding, StaffStanding, Standing, User
from registry.models.tokens import ApiToken

__all__ = ["ApiToken", "Membership", "MembershipStanding", "Organization", "StaffStanding", "Standing", "User"]
