"""Keeps a function's house in step with its configuration."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from analyst.errors import AnalystError
from analyst.settings import Settings
from analyst.wiring import House

if TYPE_CHECKING:
    from analyst.aws.parameters import Parameters

logger = logging.getLogger(__name__)


class Standing:
    """The house of a function's environment, built anew when what Parameter Store says has changed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._house: House | None = None
        self._refused: Settings | None = None

    def house(self) -> House:
        """The house as the configuration is now, or as it was where the new one cannot be.

        Raises ConfigurationError or StoreError where there was none before.
        """
        try:
            return self._as_it_is_now()
        except AnalystError as error:
            if self._house is None:
                raise
            logger.error("the configuration is not as it must be; the one before still holds: %s", error)
            return self._house

    def _as_it_is_now(self) -> House:
        settings = self._in_force()
        before = self._house
        if before is not None and settings in (before.settings, self._refused):
            return before
        try:
            now = _sound(settings)
        except AnalystError:
            self._refused = settings  # and not read again at every request
            raise
        if before is not None:
            before.close()
        self._house, self._refused = now, None
        return now

    def _in_force(self) -> Settings:
        if not self._settings.parameters:
            return self._settings
        from analyst.aws.parameters import overlay

        return replace(self._settings, **overlay(self._parameters.read()))

    @cached_property
    def _parameters(self) -> Parameters:
        from analyst.aws.clients import client
        from analyst.aws.parameters import Parameters

        prefix, bucket = self._settings.parameters, self._settings.bucket
        return Parameters(client("ssm"), prefix=prefix, bucket=bucket, s3=client("s3") if bucket else None)


def _sound(settings: Settings) -> House:
    """A house whose policies can be read: nothing is served under policies that cannot."""
    house = House(settings)
    _ = house.access
    return house
