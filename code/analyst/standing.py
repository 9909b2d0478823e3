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

    def house(self) -> House:
        """The house as the configuration is now, or as it was where the new one cannot be.

        Raises ConfigurationError or StoreError where there was none before.
        """
        try:
            settings = self._in_force()
        except AnalystError as error:
            if self._house is None:
                raise
            logger.error("the configuration is not as it must be; the one before still holds: %s", error)
            return self._house
        if self._house is None or self._house.settings != settings:
            if self._house is not None:
                self._house.close()
            self._house = House(settings)
        return self._house

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
