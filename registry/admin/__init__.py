from registry.admin.organizations import MembershipAdmin, OrganizationAdmin
from registry.admin.people import PersonAdmin

__all__ = ["MembershipAdmin", "OrganizationAdmin", "PersonAdmin"]
