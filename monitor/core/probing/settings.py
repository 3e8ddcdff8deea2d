"""`[probing]`: what the answers of probes are taken for."""

from typing import Annotated

from pydantic import Field

from monitor.core.settings import Seconds, Section


class ProbingSettings(Section):
    """`[probing]`: what the answers of probes are taken for, and how many probes ask at a time."""

    agree: Annotated[
        int, Field(ge=1, le=10, description="so many results in a row must agree before a probe's verdict changes")
    ] = 2
    repeat_seconds: Annotated[
        Seconds, Field(description="a result that differs from what was known is tried again after this long")
    ] = 15.0
    concurrency: Annotated[int, Field(ge=1, le=200, description="so many probes may ask at the same time")] = 10
    failing_hold_seconds: Annotated[
        float,
        Field(ge=0, le=86_400, description="a provider's probe fails for this long before people are told of it alone"),
    ] = 300.0
    channel_hold_seconds: Annotated[
        float, Field(ge=0, le=86_400, description="a support channel fails for this long before SupportChannelDown")
    ] = 1800.0
    green_page_seconds: Annotated[
        Seconds,
        Field(description="a provider's page is green for this long in an outage of ours before ProviderPageDisagrees"),
    ] = 1200.0
    certificate_days: Annotated[
        float, Field(ge=0, le=365, description="a certificate with fewer days left raises CertificateExpiring; 0: none")
    ] = 14.0
