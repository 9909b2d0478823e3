"""docs/costs.md: the tables of a page whose words are people's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from costing.bill import Case, bill
from costing.cases import changed, changes, sized
from costing.from_code import endpoints, fixed
from costing.prices import PriceFile, read_prices
from documenting.blocks import filled

REGION = "us-east-1"
MIDDLE = 100
WAYS = ("nat", "endpoints")


def text(page: str) -> str:
    """The page with its tables as they are now."""
    prices = read_prices()
    blocks = {
        "totals": totals(prices),
        "lines": lines(prices),
        "ways-out": ways_out(prices),
        "changes": sensitivity(prices),
        "habits": habits(prices),
        "sizes": sizes(prices),
        "code": from_the_code(prices),
        "prices": price_list(prices),
    }
    return filled(page, blocks)


def totals(prices: PriceFile) -> str:
    """Whole bills: sizes across, regions and ways out down."""
    rows = [
        (region, f"`{way}`", *(money(total(sized(prices, n, region, {"egress": way}))) for n in prices.sizes))
        for region in prices.regions
        for way in WAYS
    ]
    return table(("region", "egress", *(f"{n:,} analysts" for n in prices.sizes)), rows)


def lines(prices: PriceFile) -> str:
    """The bill line by line in one region with NAT."""
    bills = [bill(sized(prices, n, REGION)) for n in prices.sizes]
    rows = [(name, *(money(one[name]) for one in bills)) for name in bills[0]]
    rows.append(("**together**", *(f"**{money(sum(one.values()))}**" for one in bills)))
    each = (money(sum(b.values()) / n, cents=True) for n, b in zip(prices.sizes, bills, strict=True))
    rows.append(("for each analyst", *each))
    questions = (sized(prices, n, REGION).questions for n in prices.sizes)
    a_question = (money(sum(b.values()) / q, cents=True) for q, b in zip(questions, bills, strict=True))
    rows.append(("for each question", *a_question))
    return table(("line", *(f"{n:,} analysts" for n in prices.sizes)), rows)


def ways_out(prices: PriceFile) -> str:
    """The network's line, both ways, for the middle size."""
    rows = []
    for region in prices.regions:
        for way in WAYS:
            case = sized(prices, MIDDLE, region, {"egress": way})
            rows.append((region, f"`{way}`", _way(case), money(bill(case)["network"])))
    return table(("region", "egress", "what is paid for", "a month"), rows)


def _way(case: Case) -> str:
    if case.options.egress == "nat":
        return f"{case.options.nat_gateways} gateway with its public address, by the hour; traffic by the gigabyte"
    return f"{endpoints(case.options) - 1} endpoints in {fixed().zones} zones, by the hour; traffic by the gigabyte"


def sensitivity(prices: PriceFile) -> str:
    """What one change does to the middle size's bill."""
    case = sized(prices, MIDDLE, REGION)
    before = total(case)
    rows = [("as it is", money(before), "")]
    for change in changes(prices):
        after = total(changed(case, change))
        rows.append((change.words, money(after), f"{(after - before) / before:+.0%}"))
    return table(("change", "a month", "difference"), rows)


def habits(prices: PriceFile) -> str:
    """What is assumed about use, with the figures that follow."""
    rows = [(f"`{name}`", f"{value:,}") for name, value in prices.usage.items()]
    return table(("assumption", "value"), rows)


def sizes(prices: PriceFile) -> str:
    """Options of each size that are not the defaults, and what they have to carry."""
    rows = []
    for analysts, options in prices.sizes.items():
        case = sized(prices, analysts, REGION)
        named = ", ".join(f"`{key}` {value}" for key, value in options.items()).lower() or "the defaults"
        rows.append((f"{analysts:,}", f"{case.questions:,.0f}", f"{case.at_once:.1f}", named))
    return table(("analysts", "questions a month", "at once at the busiest", "options"), rows)


def from_the_code(prices: PriceFile) -> str:
    """What the stacks fix."""
    has = fixed()
    case = sized(prices, MIDDLE, REGION)
    rows = [(f"memory of {name}", f"{mb:,} MB") for name, mb in sorted(has.memory_mb.items())]
    rows += [
        ("zones of a new network", str(has.zones)),
        (
            "paid endpoints with `egress` `endpoints`, the private API's own among them",
            str(endpoints(case.options)),
        ),
        ("alarms", str(has.alarms)),
        ("secrets made by the stacks", str(has.secrets)),
        ("disk of the bastion", f"{has.bastion_disk_gb} GB"),
    ]
    return table(("what", "value"), rows)


def price_list(prices: PriceFile) -> str:
    """Every price of the file, and when it was written down."""
    regions = list(prices.regions)
    rows = [row for name in prices.regions[regions[0]] for row in _price_rows(prices, name)]
    tokens = [
        (f"`{name}`, a million tokens read / written", *(_tokens(prices, name) for _ in regions))
        for name in prices.models["prices"]
    ]
    head = f"Written down from memory in {prices.written_down}; US dollars.\n\n"
    return head + table(("price", *regions), [*rows, *tokens])


def _price_rows(prices: PriceFile, name: str) -> Iterable[tuple[str, ...]]:
    first = next(iter(prices.regions.values()))[name]
    kinds = list(first) if isinstance(first, dict) else [""]
    for kind in kinds:
        label = f"`{name}` {kind}".strip()
        yield (
            label,
            *(
                f"{prices.price(region, name, kind):.10f}".rstrip("0").rstrip(".")
                for region in prices.regions
            ),
        )


def _tokens(prices: PriceFile, name: str) -> str:
    found = prices.models["prices"][name]
    star = "*" if found["premium"] else ""
    return f"{found['in']:.2f} / {found['out']:.2f}{star}"


def total(case: Case) -> float:
    """The whole bill in dollars."""
    return sum(bill(case).values())


def money(dollars: float, *, cents: bool = False) -> str:
    """Dollars as people write them; whole ones from ten up."""
    return f"${dollars:,.2f}" if cents or dollars < 10 else f"${dollars:,.0f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))
