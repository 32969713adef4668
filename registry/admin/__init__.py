from registry.admin.organizations import MembershipAdmin, OrganizationAdmin
from registry.admin.people import PersonAdmin
from registry.admin.tokens import ApiTokenAdmin

__all__ = ["ApiTokenAdmin", "MembershipAdmin", "OrganizationAdmin", "PersonAdmin"]
