#!/usr/bin/env bash
# Prometheus's and Alertmanager's own tools over the rules, their unit tests, the configuration and where alerts go.
# Proves: X87.
set -euo pipefail
cd deploy/monitoring
failed=0
quiet() {
    local output
    output="$("$@" 2>&1)" || { failed=1; printf '%s\n' "$output"; }
}
quiet promtool check rules prometheus/*.rules.yml
quiet promtool test rules prometheus/tests/*.test.yml
quiet amtool check-config alertmanager.yml
# Receiver, then the labels of an alert. Inhibition is not something amtool can try: that its names exist is checked by dashboards.sh.
while read -r receiver labels; do
    # shellcheck disable=SC2086
    quiet amtool config routes test --config.file=alertmanager.yml --verify.receivers="$receiver" $labels
done <<'CASES'
page alertname=ErpErrorBudgetBurn14x severity=page namespace=erp-system
page alertname=ErpOutboxLag severity=page
page-and-decision-owner alertname=ErpGeoReplicationLag severity=page
page-and-decision-owner alertname=ErpBackupLogOld severity=page
page-and-decision-owner alertname=ErpApiAbsent severity=page
ticket alertname=ErpErrorBudgetBurn3x severity=ticket
ticket alertname=ErpGeoReplicationLag severity=ticket
ticket alertname=SomebodyForgotTheSeverity
CASES
exit "$failed"
