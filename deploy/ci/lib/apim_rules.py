"""Where policies of Azure API Management may stand, what they need, and whether an expression can be one."""

SECTIONS = ["inbound", "backend", "outbound", "on-error"]

EVERYWHERE = set(SECTIONS)
INBOUND, BACKEND, OUTBOUND = {"inbound"}, {"backend"}, {"outbound"}

# The policies that these files may use. One that is not listed is looked up in the reference of policies first.
SECTIONS_OF = {
    "base": EVERYWHERE,
    "cache-lookup": INBOUND,
    "cache-store": OUTBOUND,
    "check-header": INBOUND,
    "choose": EVERYWHERE,
    "cors": INBOUND,
    "forward-request": BACKEND,
    "include-fragment": EVERYWHERE,
    "ip-filter": INBOUND,
    "limit-concurrency": EVERYWHERE,
    "quota": INBOUND,
    "quota-by-key": INBOUND,
    "rate-limit": INBOUND,
    "rate-limit-by-key": INBOUND,
    # The gateway takes it in every section; in another one than backend it would not send the request again.
    "retry": BACKEND,
    "return-response": EVERYWHERE,
    "rewrite-uri": INBOUND,
    "set-backend-service": {"inbound", "backend"},
    "set-body": {"inbound", "outbound", "backend", "on-error"},
    "set-header": EVERYWHERE,
    "set-method": {"inbound", "on-error"},
    "set-query-parameter": {"inbound", "backend"},
    "set-status": {"outbound", "backend", "inbound", "on-error"},
    "set-variable": EVERYWHERE,
    "trace": EVERYWHERE,
    "validate-jwt": INBOUND,
}

# Elements whose children are policies again.
CONTAINERS = {"choose", "retry", "return-response", "limit-concurrency"}

CHILDREN = {
    "cache-lookup": {"vary-by-header", "vary-by-query-parameter"},
    "choose": {"when", "otherwise"},
    "cors": {"allowed-origins", "allowed-methods", "allowed-headers", "expose-headers"},
    "set-header": {"value"},
    "validate-jwt": {
        "openid-config", "issuer-signing-keys", "decryption-keys", "audiences", "issuers", "required-claims",
    },
}

REQUIRED_ATTRIBUTES = {
    "cache-lookup": ["vary-by-developer", "vary-by-developer-groups"],
    "cache-store": ["duration"],
    "quota": ["calls", "renewal-period"],
    "quota-by-key": ["calls", "renewal-period", "counter-key"],
    "rate-limit-by-key": ["calls", "renewal-period", "counter-key"],
    "retry": ["condition", "count", "interval"],
    "set-backend-service": ["backend-id"],
    "set-header": ["name"],
    "set-status": ["code"],
    "set-variable": ["name", "value"],
}

EXPRESSION_ATTRIBUTES_NEEDED = {
    "quota-by-key": ["counter-key"],
    "rate-limit-by-key": ["counter-key"],
    "retry": ["condition"],
}

PAIRS = {"(": ")", "{": "}", "[": "]"}


def expression_fault(value):
    """What keeps a text from being an expression: brackets and quotes that do not close. C# itself is not read."""
    if value[1:2] not in ("(", "{"):
        return "an expression begins with @( or @{"
    open_brackets, quote, escaped = [], None, False
    for position, character in enumerate(value[1:], start=1):
        if quote:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == quote:
                quote = None
            continue
        if character in "\"'":
            quote = character
        elif character in PAIRS:
            open_brackets.append(PAIRS[character])
        elif character in PAIRS.values():
            if not open_brackets or open_brackets.pop() != character:
                return f"a bracket too many at {position}"
            if not open_brackets and position != len(value) - 1:
                return "text follows the end of the expression"
    if quote:
        return "a quote is not closed"
    return "a bracket is not closed" if open_brackets else None
