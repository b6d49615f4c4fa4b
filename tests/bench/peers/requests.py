# SPDX-License-Identifier: Apache-2.0
"""What the peers are asked, and whether their answers are right. In a body {key}, {number} and {hash} (32 bytes) are
filled in by whoever sends it: each request has its own.
"""
import collections
import hashlib
import json
import unicodedata

TITLE = "三单元楼道水管漏水"
TEXT = ("昨晚十点多开始楼道里的水管一直在漏，积水已经流到电梯口，老人小孩进出都怕滑倒，"
        "麻烦尽快派师傅来看一下，顺便检查三层的阀门。")
LIMIT = 50
DAY = "2000-01-01"  # of PostGraphile's submits: its clients choose their numbers, and nobody else uses that day's

Target = collections.namedtuple("Target", "token community complaint team place version")
Request = collections.namedtuple("Request", "method path body")

FIELDS = """communityId complaintId day dayNo version kind state channel urgency title submittedAt teamId crewId
    windowFrom windowTo arrivedAt workDoneAt result endedAt rating changedAt placeId
    placeByCommunityIdAndPlaceId { kind code name } category isSuggested subkind reporter language lead workerId
    accountByWorkerId { name } stateBefore suspendReason suspendedUntil masterId acceptedAt pendingAt closeMode
    followUpScore followedUpAt receiptId reopenedCount respondentId noEntryCount returnedCount repeatOf collectiveId
    splitFrom chasedCount chasedAt remindAt deadlineAt complaintClockByCommunityIdAndComplaintId { runningDue running }"""


def write(value):
    """JSON in which {number} is a number."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace('"{number}"', "{number}")


def submitted(target):
    return {"id": "{key}", "kind": 2, "channel": 1, "place_id": target.place, "title": TITLE, "text": TEXT,
            "contact_name": "古丽娜尔·买买提", "contact_phone": "+86{number}"}


def fastify(operation, target):
    there = f"/communities/{target.community}"
    if operation == "get":
        return Request("GET", f"{there}/complaints/{target.complaint}", "")
    if operation == "list":
        return Request("GET", f"{there}/teams/{target.team}/complaints?limit={LIMIT}", "")
    if operation == "submit":
        return Request("POST", f"{there}/complaints", write(submitted(target)))
    return Request("POST", f"{there}/complaints/{target.complaint}/accept",
                   write({"key": "{key}", "version": int(target.version)}))


def graphql(query, variables):
    return Request("POST", "/graphql", write({"query": " ".join(query.split()), "variables": variables}))


def postgraphile(operation, target):
    where = {"communityId": target.community, "complaintId": target.complaint}
    if operation == "get":
        return graphql("query Get($communityId: UUID!, $complaintId: UUID!) { complaintByCommunityIdAndComplaintId("
                       "communityId: $communityId, complaintId: $complaintId) {" + FIELDS + " body advice answer } }", where)
    if operation == "list":
        return graphql("query List($communityId: UUID!, $teamId: UUID!, $limit: Int!) { allComplaints(condition: {"
                       "communityId: $communityId, teamId: $teamId, isOpen: true}, orderBy: [SUBMITTED_AT_DESC,"
                       " COMPLAINT_ID_DESC], first: $limit) { nodes {" + FIELDS + "} } }",
                       {"communityId": target.community, "teamId": target.team, "limit": LIMIT})
    if operation == "submit":
        return graphql("mutation Submit($community: UUID!, $input: SubmitInput!) { submit(community: $community,"
                       " input: $input) { complaint_id version number team_id } }",
                       {"community": target.community, "input": submitted(target)})
    return graphql("mutation Accept($community: UUID!, $input: AcceptInput!) { accept(community: $community,"
                   " input: $input) { version } }",
                   {"community": target.community, "input": {
                       "complaint": target.complaint, "key": "{key}", "version": int(target.version)}})


def postgraphile_row(operation, target):
    """By the mutations that it generates: one row, and neither key, event, contact, words nor receipt."""
    where = {"communityId": target.community, "complaintId": target.complaint}
    now = "2026-01-01T00:00:00Z"
    if operation == "submit":
        return graphql("mutation Submit($input: CreateComplaintInput!) { createComplaint(input: $input) {"
                       " complaint { complaintId version day dayNo } } }",
                       {"input": {"complaint": {
                           "communityId": target.community, "complaintId": "{key}", "day": DAY, "dayNo": "{number}",
                           "version": 1, "kind": 2, "channel": 1, "urgency": 1, "state": 1, "title": TITLE, "body": TEXT,
                           "submittedAt": now, "changedAt": now, "teamId": target.team, "placeId": target.place}}})
    return graphql("mutation Accept($input: UpdateComplaintByCommunityIdAndComplaintIdInput!) {"
                   " updateComplaintByCommunityIdAndComplaintId(input: $input) { complaint { version } } }",
                   {"input": {**where, "complaintPatch": {"state": 2, "version": int(target.version) + 1,
                                                          "acceptedAt": now, "changedAt": now}}})


def words():
    """What a complaint is found by, and each two neighbouring characters of it as one number (migration 0003)."""
    body = unicodedata.normalize("NFKC", f"{TITLE}\n{TEXT}").lower()
    return body, sorted({ord(a) << 21 | ord(b) for a, b in zip(body, body[1:])})


def hexed(text):
    return "\\x" + text.encode().hex()


def document(name, creates, first="", first_type="", variables=()):
    """One mutation of many: the first as it is given, then a row of each table, all in one transaction."""
    heads, fields, values = ([f"$first: {first_type}"] if first else []), [first] if first else [], dict(variables)
    for i, (table, row) in enumerate(creates):
        upper = table[0].upper() + table[1:]
        heads.append(f"$v{i}: Create{upper}Input!")
        wanted = " complaint { complaintId version day dayNo }" if table == "complaint" else " clientMutationId"
        fields.append(f"m{i}: create{upper}(input: $v{i}) {{{wanted} }}")
        values[f"v{i}"] = {table: row}
    return graphql(f"mutation {name}({', '.join(heads)}) {{ {' '.join(fields)} }}", values)


def postgraphile_rows(operation, target):
    """By the mutations that it generates, a row each, of the same tables as the commands': the client makes what is in them."""
    where = {"communityId": target.community, "complaintId": target.complaint}
    made = {"communityId": target.community, "complaintId": "{key}"}
    now, nobody = "2026-01-01T00:00:00Z", "00000000-0000-0000-0000-000000000000"
    applied = ("applied", {"communityId": target.community, "accountId": nobody, "key": "{key}",
                           "requestHash": "\\x{hash}", "reply": hexed("{key}"), "appliedAt": now})
    event = {"communityId": target.community, "at": now, "topic": 1, "accountId": nobody, "deviceId": nobody,
             "grantId": nobody, "teamId": target.team}
    if operation == "transition":
        return document("Accept", [("event", {**event, "subjectId": target.complaint, "step": 2, "stateFrom": 1,
                                              "stateTo": 2, "version": int(target.version) + 1}), applied],
                           "first: updateComplaintByCommunityIdAndComplaintId(input: $first) { complaint { version } }",
                           "UpdateComplaintByCommunityIdAndComplaintIdInput!", {"first": {**where, "complaintPatch": {
                               "state": 2, "version": int(target.version) + 1, "acceptedAt": now, "changedAt": now}}}.items())
    body, pairs = words()
    row = {**made, "day": DAY, "dayNo": "{number}", "version": 1, "kind": 2, "channel": 1, "urgency": 1, "state": 1,
           "title": TITLE, "body": TEXT, "submittedAt": now, "changedAt": now, "teamId": target.team,
           "placeId": target.place}
    receipt = {**made, "receiptId": "{key}", "kind": 1, "language": 1, "codeHash": "\\x{hash}", "body": hexed(TITLE),
               "bodyHash": "\\x" + hashlib.sha256(TITLE.encode()).hexdigest(), "text": TITLE, "issuedAt": now}
    outgoing = {**made, "outgoingId": "{key}", "receiptId": "{key}", "kind": 1, "language": 1, "sealed": hexed(TITLE),
                "madeAt": now, "nextTryAt": now}
    contact = {**made, "wrappedKey": "\\x", "name": hexed("古丽娜尔·买买提"), "phone": hexed("+8613900001234"),
               "phoneIndex": "\\x{hash}"}
    return document("Submit", [
        ("complaint", row), ("complaintSearch", {**made, "body": body, "pairs": [str(pair) for pair in pairs]}),
        ("complaintContact", contact), ("receipt", receipt), ("outgoing", outgoing),
        ("event", {**event, "subjectId": "{key}", "step": 1, "stateTo": 1, "version": 1, "receiptId": "{key}"}), applied])


MAKERS = {"fastify": fastify, "postgraphile": postgraphile, "postgraphile_rows": postgraphile_rows,
          "postgraphile_row": postgraphile_row}


def plain(peer, operation, answer):
    """The same shape from either: what a check looks at, by the names of the columns."""
    if peer == "fastify":
        return answer
    row = next(iter(answer["data"].values()))  # what was asked is one field
    if operation == "list":
        return [snake(one) for one in row["nodes"]]
    return snake(row["complaint"] if peer.startswith("postgraphile_row") else row)


def snake(row):
    return {"".join("_" + letter.lower() if letter.isupper() else letter for letter in name): value
            for name, value in row.items()}
