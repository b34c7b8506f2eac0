"""What each policy of the API gateway is there for: missing, it would still be a valid policy."""


def header(root, section, name, action):
    return any(
        element.get("name", "").lower() == name.lower() and element.get("exists-action", "override") == action
        for element in root.find(section).iter("set-header")
    )


def retries(section):
    """Every retry with what leads to it: the conditions of the branches around it."""
    found = []

    def walk(element, conditions):
        for child in element:
            if child.tag == "retry":
                found.append((child, conditions))
            walk(child, [*conditions, child.get("condition", "")] if child.tag in ("when", "otherwise") else conditions)

    walk(section, [])
    return found


def required_retry(name, section, statuses, guard):
    found = retries(section)
    if not found:
        yield name, "backend repeats nothing"
    for retry, conditions in found:
        if retry.get("count") != "2":
            yield name, f"backend repeats {retry.get('count')} times; it must be 2"
        given = {status for status in ("500", "501", *statuses) if f"StatusCode == {status}" in retry.get("condition", "")}
        if given != statuses:
            yield name, f"backend repeats on {', '.join(sorted(given))}; it must be on {', '.join(sorted(statuses))}"
        if guard and not any(guard in condition for condition in conditions):
            yield name, f"backend repeats without asking for {guard}"


def required(trees, statuses, front_door_seconds, problem_members):
    for name, root in trees.items():
        for element in root.iter("forward-request"):
            if int(element.get("timeout", "300")) > front_door_seconds:
                yield name, f"waits {element.get('timeout', '300')} s for an answer, longer than Front Door"
        for element in root.iter("set-header"):
            action = element.get("exists-action", "override")
            if action not in ("override", "skip", "append", "delete"):
                yield name, f"set-header {element.get('name')}: there is no exists-action {action}"
    if (root := trees.get("global")) is not None:
        yield from required_global(root, problem_members)
    if (root := trees.get("api")) is not None:
        yield from required_api(root, statuses)
    for name in ("product-internal", "product-partner"):
        if (root := trees.get(name)) is not None and root.find("inbound/rate-limit-by-key") is None:
            yield name, "has no rate-limit-by-key"
    if (root := trees.get("product-partner")) is not None and root.find("inbound/quota-by-key") is None:
        yield "product-partner", "has no quota-by-key"
    if (root := trees.get("op-post-idempotent")) is not None:
        yield from required_retry("op-post-idempotent", root.find("backend"), statuses, "Idempotency-Key")
        for retry, _ in retries(root.find("backend")):
            if any(element.get("buffer-request-body") != "true" for element in retry.iter("forward-request")):
                yield "op-post-idempotent", "forwards a body it does not keep, so that there is nothing to send again"
    if (root := trees.get("op-report-long")) is not None:
        yield from required_report(root, statuses)


def required_global(root, problem_members):
    for name in ("X-Correlation-Id", "traceparent"):
        if not header(root, "inbound", name, "skip"):
            yield "global", f"inbound must set {name} where it is missing, and only there (skip)"
    if not header(root, "outbound", "X-Correlation-Id", "override"):
        yield "global", "outbound must answer with X-Correlation-Id"
    for section in ("outbound", "on-error"):
        for name in ("Server", "X-Powered-By"):
            if not header(root, section, name, "delete"):
                yield "global", f"{section} must take {name} away"
    problem = next((element.text or "" for element in root.find("on-error").iter("set-body")), "")
    for member in problem_members:
        if f'"{member}"' not in problem:
            yield "global", f"the problem document of on-error has no {member}"
    types = [value.text for element in root.find("on-error").iter("set-header") if element.get("name") == "Content-Type" for value in element]
    if types != ["application/problem+json"]:
        yield "global", "on-error must answer application/problem+json"


def required_api(root, statuses):
    inbound = root.find("inbound")
    if len(inbound) == 0 or inbound[0].tag != "cors":
        yield "api", "inbound must begin with cors: a preflight request has no token"
    origins = [origin.text for origin in inbound.iter("origin")]
    if not origins or "*" in origins:
        yield "api", "cors must name its origins; * is none"
    token = inbound.find(".//validate-jwt")
    if token is None:
        yield "api", "inbound has no validate-jwt"
    else:
        for path, text in (("openid-config", "openid-config"), ("issuers/issuer", "issuers"), ("audiences/audience", "audiences")):
            if token.find(path) is None:
                yield "api", f"validate-jwt has no {text}"
        for attribute in ("require-expiration-time", "require-signed-tokens"):
            if token.get(attribute) != "true":
                yield "api", f"validate-jwt must have {attribute}"
        if token.get("failed-validation-httpcode") != "401":
            yield "api", "validate-jwt must answer 401"
    for tag in ("rate-limit-by-key", "quota-by-key"):
        keys = [element.get("counter-key", "") for element in inbound.iter(tag)]
        if not any('"tenant"' in key for key in keys):
            yield "api", f"has no {tag} for each tenant"
    if inbound.find("set-backend-service") is None:
        yield "api", "does not say where requests go"
    blocks = [when for when in inbound.iter("when") if "/health" in when.get("condition", "") and when.find("return-response") is not None]
    if not any('!= "/health/ready"' in when.get("condition", "") for when in blocks):
        yield "api", "does not block /health with the exception of /health/ready"
    yield from required_retry("api", root.find("backend"), statuses, '"GET"')


def required_report(root, statuses):
    yield from required_retry("op-report-long", root.find("backend"), statuses, None)
    if not any(int(element.get("timeout", "0")) >= 120 for element in root.iter("forward-request")):
        yield "op-report-long", "does not wait longer than for other requests"
    lookup = root.find("inbound//cache-lookup")
    if lookup is None or root.find("outbound//cache-store") is None:
        yield "op-report-long", "has no cache-lookup with a cache-store"
        return
    varied = {element.text for element in lookup.iter("vary-by-header")}
    tenants = {
        element.get("name") for element in root.find("inbound").iter("set-header")
        if element.get("exists-action") == "override" and any('"tenant"' in (value.text or "") for value in element)
    }
    if not varied & tenants:
        yield "op-report-long", "cache-lookup does not vary by the tenant"
    if not {"Authorization", "X-Api-Key"} <= varied:
        yield "op-report-long", "cache-lookup does not vary by who asks, so that one would see what another may"
