"""`hearthbeat feeders`: which animals may be hungry."""

from monitor.cli.at_risk import AtRiskOption, show
from monitor.cli.options import ConfigOption, Format, FormatOption, LimitOption, TenantOption, UrlOption
from monitor.cli.remote import reach


def feeders(
    *,
    at_risk: AtRiskOption = False,
    tenant: TenantOption = "",
    limit: LimitOption = 100,
    output: FormatOption = Format.TABLE,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """List the feeders of a running monitor.

    Which animals have been without food for longest, or will be soonest?

        [bold]hearthbeat feeders --at-risk[/]
    """
    show(reach(url, config), "feeder", at_risk=at_risk, tenant=tenant, limit=limit, output=output)
