"""`hearthbeat thermostats`: which homes may freeze or overheat."""

from monitor.cli.at_risk import AtRiskOption, show
from monitor.cli.options import ConfigOption, Format, FormatOption, LimitOption, TenantOption, UrlOption
from monitor.cli.remote import reach


def thermostats(
    *,
    at_risk: AtRiskOption = False,
    tenant: TenantOption = "",
    limit: LimitOption = 100,
    output: FormatOption = Format.TABLE,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """List the thermostats of a running monitor.

    Which homes will freeze first?

        [bold]hearthbeat thermostats --at-risk[/]
    """
    show(reach(url, config), "thermostat", at_risk=at_risk, tenant=tenant, limit=limit, output=output)
