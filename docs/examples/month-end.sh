#!/usr/bin/env bash
# The end of a month, from the first late bill to the statements, for a company with branches and balances in three
# currencies. It needs curl, jq, a server with the template sa-standard, and in the month nothing that is closed already:
#
#     API=http://127.0.0.1:8080/api/v1 EMAIL=admin@example.com PASSWORD=… docs/examples/month-end.sh 2026-11
#
# It prints what it does and leaves the statements in the folder that OUT names.
set -euo pipefail

API=${API:-http://127.0.0.1:8080/api/v1}
EMAIL=${EMAIL:-admin@example.com}
OUT=${OUT:-month-end}
MONTH=${1:-$(date -d "$(date +%Y-%m-01) -1 day" +%Y-%m)}
FIRST=$MONTH-01
LAST=$(date -d "$FIRST +1 month -1 day" +%F)
NEXT=$(date -d "$FIRST +1 month" +%F)
YEAR=${MONTH%-*}
mkdir -p "$OUT"

say() { printf '\n== %s\n' "$*"; }

sign_in() {
    curl -sS "$API/auth/token" -d grant_type=password --data-urlencode "username=$1" --data-urlencode "password=$2" | jq -r .access_token
}

# call METHOD PATH [BODY] [HEADER…]: the answer, or the problem and the end.
call() {
    local method=$1 path=$2 body=${3:-} status answer
    shift $(($# < 3 ? $# : 3))
    local arguments=(-sS -X "$method" "$API$path" -w '\n%{http_code}')
    [ -z "$TOKEN" ] || arguments+=(-H "Authorization: Bearer $TOKEN")
    local header
    for header in "$@"; do arguments+=(-H "$header"); done
    [ -z "$body" ] || arguments+=(-H 'Content-Type: application/json' -d "$body")
    answer=$(curl "${arguments[@]}")
    status=${answer##*$'\n'}
    if [ "$status" -ge 400 ]; then
        printf '%s %s: %s\n' "$method" "$path" "$answer" >&2
        return 1
    fi
    printf '%s' "${answer%$'\n'*}"
}
# file PATH NAME MEDIA-TYPE LANGUAGE
file() {
    curl -sS --fail-with-body "$API$1" -H "Authorization: Bearer $TOKEN" -H "Accept: $3" -H "Accept-Language: $4" -o "$OUT/$2"
    printf '   %s\n' "$OUT/$2"
}
XLSX=application/vnd.openxmlformats-officedocument.spreadsheetml.sheet

TOKEN=$(sign_in "$EMAIL" "$PASSWORD")
ADMIN=$TOKEN

say "A second person, because nobody approves their own entries"
CONTROLLER_EMAIL=controller-$MONTH@example.com
CONTROLLER_PASSWORD="$(head -c 18 /dev/urandom | base64)"
ROLE=$(call GET '/roles?code=financial_controller' | jq -r '.items[0].id')
INVITATION=$(call POST /invitations "{\"email\":\"$CONTROLLER_EMAIL\",\"name\":\"Financial controller\",\"roleIds\":[\"$ROLE\"]}")
# They accept without a sign-in, and so choose a password of their own.
TOKEN=
call POST /auth/invitations/accept "$(jq -n --arg token "$(jq -r .token <<<"$INVITATION")" --arg password "$CONTROLLER_PASSWORD" '{token: $token, password: $password}')" >/dev/null
CONTROLLER=$(sign_in "$CONTROLLER_EMAIL" "$CONTROLLER_PASSWORD")
# Whoever approves says what needs approval.
TOKEN=$CONTROLLER
if [ "$(call GET '/approval-policies?code=LARGE' | jq '.items | length')" = 0 ]; then
    call POST /approval-policies '{"code":"LARGE","name":{"en":"Large entries","ar":"قيود كبيرة"},"amountFrom":"50000.00",
        "steps":[{"approverRoleCode":"financial_controller"}]}' | jq -c '{code, amountFrom}'
fi
TOKEN=$ADMIN

say "Business of the month in dollars, euros and pounds"
for currency in USD:3.75 EUR:4.05 GBP:4.75; do
    call POST /exchange-rates/bulk "{\"items\":[{\"currency\":\"${currency%:*}\",\"date\":\"$FIRST\",\"rate\":\"${currency#*:}\"}]}" >/dev/null
    call POST /journal-entries "{\"postingDate\":\"$FIRST\",\"currency\":\"${currency%:*}\",\"description\":\"Loan paid out in ${currency%:*}\",\"post\":true,
        \"lines\":[{\"accountCode\":\"1114\",\"debit\":\"10000.00\"},{\"accountCode\":\"2211\",\"credit\":\"4000.00\"},{\"accountCode\":\"2141\",\"credit\":\"6000.00\"}]}" |
        jq -c '{number, currency, total}'
done

say "Electricity used and not billed yet: an accrual, and its reversal on the first day of the next month"
call POST /journal-entries "{\"postingDate\":\"$LAST\",\"reverseOn\":\"$NEXT\",\"description\":\"Electricity of $MONTH, not billed yet\",\"post\":true,
    \"lines\":[{\"accountCode\":\"6220\",\"debit\":\"7350.00\"},{\"accountCode\":\"2113\",\"credit\":\"7350.00\"}]}" | jq -c '{number, reverseOn, total}'

say "Insurance paid for a year: a deferral, and its line of this month"
DEFERRAL=$(call POST /deferrals "{\"code\":\"INSURANCE-$MONTH\",\"name\":{\"en\":\"Insurance\",\"ar\":\"تأمين\"},\"sourceAccountCode\":\"1142\",
    \"targetAccountCode\":\"6140\",\"amount\":\"12000.00\",\"start\":\"$FIRST\",\"periods\":12}" | jq -r .id)
call POST "/deferrals/$DEFERRAL/run" "{\"through\":\"$LAST\"}" 'If-Match: *' | jq -c '.lines[0] | {date, amount, status}'

say "Rent of the house goes to the branches by the metres that they use"
DIMENSION=$(call GET '/dimensions?code=branch' | jq -r '.items[0].id')
for branch in RUH JED DMM; do
    if [ "$(call GET "/dimensions/$DIMENSION/values?code=$branch" | jq '.items | length')" = 0 ]; then
        call POST "/dimensions/$DIMENSION/values" "{\"code\":\"$branch\",\"name\":{\"en\":\"$branch\"}}" >/dev/null
    fi
done
call POST /journal-entries "{\"postingDate\":\"$LAST\",\"description\":\"Rent of $MONTH\",\"post\":true,
    \"lines\":[{\"accountCode\":\"6210\",\"debit\":\"10000.00\",\"dimensions\":{\"cost-centre\":\"ADMIN\"}},{\"accountCode\":\"1113\",\"credit\":\"10000.00\"}]}" >/dev/null
if [ "$(call GET '/distribution-keys?code=RENT' | jq '.items | length')" = 0 ]; then
    call POST /distribution-keys '{"code":"RENT","name":{"en":"Rent","ar":"إيجار"},"basis":"fixed","sourceCodeFrom":"6210","sourceDimensionCode":"branch",
        "targetDimensionCode":"branch","targets":[{"valueCode":"RUH","share":"410"},{"valueCode":"JED","share":"270"},{"valueCode":"DMM","share":"95"}],"monthly":true}' >/dev/null
fi
call POST /distribution-runs "{\"keyCode\":\"RENT\",\"date\":\"$LAST\"}" | jq -c '{keyCode, date, status}'

say "Bonuses above the limit: submitted, approved by the other person, posted"
ENTRY=$(call POST /journal-entries "{\"postingDate\":\"$LAST\",\"description\":\"Bonuses of $MONTH\",
    \"lines\":[{\"accountCode\":\"6110\",\"debit\":\"80000.00\"},{\"accountCode\":\"2121\",\"credit\":\"80000.00\"}]}" | jq -r .id)
APPROVAL=$(call POST "/journal-entries/$ENTRY/submit" '' 'If-Match: *' | jq -r .id)
TOKEN=$CONTROLLER
call POST "/approvals/$APPROVAL/approve" '{"comment":"Agreed with the board"}' 'If-Match: *' | jq -c '{status}'
TOKEN=$ADMIN
call GET "/journal-entries/$ENTRY" | jq -c '{number, status, approvalStatus}'

say "Foreign balances at the rates of the last day: first the figures, then the entry"
# Receivables, payables and cash are always valued; loans because they are named.
VALUED="{\"date\":\"$LAST\",\"accountCodes\":[\"2141\",\"2211\"]}"
for currency in USD:3.7512 EUR:4.1170 GBP:4.6925; do
    call POST /exchange-rates/bulk "{\"items\":[{\"currency\":\"${currency%:*}\",\"date\":\"$LAST\",\"rate\":\"${currency#*:}\"}]}" >/dev/null
done
call POST '/revaluation-runs?dryRun=true' "$VALUED" | jq -c '.lines[] | {accountCode, currency, balance, companyBalance, rate, value, difference}'
call POST /revaluation-runs "$VALUED" | jq -c '{date, status}'

say "What is left to do before the month is closed"
PERIOD=$(call GET "/fiscal-periods?kind=regular&start=$FIRST" | jq -r '.items[0].id')
call GET "/close-checklist?fiscalPeriodId=$PERIOD" | jq -r '.items[] | "   \(.status)\t\(.text)"'
call POST "/fiscal-periods/$PERIOD/close" '' 'If-Match: *' | jq -c '{start, "end": .end, status}'

say "Statements in English and Arabic"
for language in en ar; do
    while read -r name report; do
        file "/reports/$report" "$name-$language.xlsx" $XLSX $language
        file "/reports/$report&csv=bom,about" "$name-$language.csv" text/csv $language
    done <<REPORTS
trial-balance trial-balance?from=$YEAR-01-01&to=$LAST
balance-sheet balance-sheet?asOf=$LAST
income-by-month statement?layout=IFRS-SME-IS&from=$YEAR-01-01&to=$LAST&columns=month
changes-in-equity statement?layout=IFRS-SME-EQ&from=$YEAR-01-01&to=$LAST
cash-flow statement?layout=IFRS-SME-CF&from=$YEAR-01-01&to=$LAST
REPORTS
done

say "An independent program reads the same books"
file '/exports/ledger?format=hledger' ledger.journal application/octet-stream en
if command -v hledger >/dev/null; then
    hledger --file "$OUT/ledger.journal" check --strict
    # Code and closing balance of each account, as both see them, in the currency of the company.
    hledger --file "$OUT/ledger.journal" balance --flat --no-total --cost --end "$NEXT" --output-format csv |
        sed -nE 's/^"([^"]*:)?([^ ":]+)[^":]*","(-?[0-9.]+) .*/\2 \3/p' | sort >"$OUT/hledger.txt"
    tr -d '\r' <"$OUT/trial-balance-en.csv" | awk -F, 'started && $NF + 0 != 0 && $1 != "" { print $1, $NF } /^account,/ { started = 1 }' | sort >"$OUT/ours.txt"
    diff "$OUT/ours.txt" "$OUT/hledger.txt"
    printf '   hledger agrees about %s accounts\n' "$(wc -l <"$OUT/ours.txt")"
else
    echo "   hledger is not installed: nothing was compared"
fi
