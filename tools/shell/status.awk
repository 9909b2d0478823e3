# Shows the lines of status as text: a heading per part, a line per item.
$4 == "" { next }
$1 != part { part = $1; printf "  %s\n", part }
{
    value = length($4) > 160 ? substr($4, 1, 157) "..." : $4
    printf "    %-28s %-10s %s\n", $2 == item && shown == part ? "" : $2, $3, value
    item = $2; shown = part
}
