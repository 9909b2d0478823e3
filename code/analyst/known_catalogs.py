"""What is known of the sources: their catalogs, stored or read, and what of them somebody sees."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from analyst.access import Access
from analyst.catalog import KEPT_SECONDS, Catalog
from analyst.executing import Sources
from analyst.identity import Principal
from analyst.policies import View
from analyst.policy import Policy
from analyst.ports import CatalogStore
from analyst.question import Question
from analyst.renewing import STALE_SECONDS
from analyst.techniques import Techniques
from analyst.work import Work


class KnownCatalogs:
    """Catalogs of all sources; every method raises StoreError, or a DatabaseError where a source cannot be read."""

    def __init__(
        self,
        *,
        store: CatalogStore,
        sources: Sources,
        access: Access,
        techniques: Techniques,
        renew: Callable[[str], None] | None,
    ) -> None:
        """`renew` has the catalog of a source read beside the questions; without it, an old one is read at once."""
        self._store = store
        self._sources = sources
        self._access = access
        self._techniques = techniques
        self._renew = renew

    def catalog(self, source: str, *, rebuild: bool = False) -> Catalog:
        """All that is known of a source, whoever may see it; read from the source when it is not known yet."""
        known = None if rebuild else self._known(source)
        if known is None or not known.tables:
            known = self._read(source)
        return known if self._techniques.uses("links") else known.with_declared_links()

    def view(self, source: str, principal: Principal | None, *, rebuild: bool = False) -> View:
        """What somebody sees of a source; raises Forbidden."""
        name = self._sources.name_of(source)
        policy = self._access.policy(principal, source=name)
        return self._access.view(self.catalog(source, rebuild=rebuild), policy, source=name)

    def policy(self, question: Question) -> Policy:
        """What holds for whoever asks a question; raises Forbidden."""
        return self._access.policy(question.principal, source=self._sources.name_of(question.source))

    def seen(self, work: Work) -> Catalog:
        """What the asker sees of the source, from now on all that anything but the guard gets to know of it."""
        return self._see(work, self.catalog(work.question.source))

    def changed(self, work: Work) -> Catalog | None:
        """What the asker sees by now; None where nothing has changed, or a person edited the catalog."""
        known = work.seen.whole
        fresh = known if known.edited else self.catalog(known.source, rebuild=True)
        return self._see(work, fresh) if fresh.fingerprint() != known.fingerprint() else None

    def _see(self, work: Work, whole: Catalog) -> Catalog:
        name = self._sources.name_of(work.question.source)
        work.view = self._access.view(whole, work.policy, source=name)
        return work.view.catalog

    def _known(self, source: str) -> Catalog | None:
        """The stored catalog; one that has grown old is served as it is, while it is read anew beside that."""
        known = self._store.load(source, newer_than_seconds=KEPT_SECONDS)
        if known is None and self._renew is not None:
            known = self._store.load(source, newer_than_seconds=STALE_SECONDS)
            if known is not None and known.tables:
                self._renew(source)
        return known

    def _read(self, source: str) -> Catalog:
        with closing(self._sources.engine(source, query_id="catalog")) as engine:
            found = engine.catalog(source=source)
        self._store.save(found)
        return found
