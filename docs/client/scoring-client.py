"""Fetches the newest score sheet of a wave when there is a newer one, and checks its digest.

PHIEU_KEY=… python scoring-client.py https://phieu.vi-du.vn cchc-2025 sheet.json
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path


def digest(sheet):
    """The digest of a sheet, computed anew: RFC 8785, which for a sheet is this."""
    rest = {name: value for name, value in sheet.items() if name != "digest"}
    plain = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(plain.encode()).hexdigest()


def is_ours(secret, headers, body, now, within=300):
    """Whether a message that there is a sheet is signed with our secret, and fresh."""
    stamp, key = headers["webhook-timestamp"], base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join((headers["webhook-id"].encode(), stamp.encode(), body))
    right = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    given = headers["webhook-signature"].split()
    return abs(now - int(stamp)) <= within and any(hmac.compare_digest(right, g) for g in given)


def fetch(base, wave, key, known=""):
    """The bytes of the newest sheet; None when it is the one whose digest is known."""
    headers = {"Authorization": f"Bearer {key}", "If-None-Match": f'"{known}"'}
    try:
        asked = urllib.request.Request(f"{base}/api/v1/waves/{wave}/scores", headers=headers)
        return urllib.request.urlopen(asked, timeout=30).read()
    except urllib.error.HTTPError as answer:
        if answer.code == 304:
            return None
        problem = json.load(answer)
        sys.exit(f"{problem['status']} {problem['title']} {problem['detail']}")


if __name__ == "__main__":
    base, wave, file = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    known = json.loads(file.read_bytes())["digest"] if file.exists() else ""
    content = fetch(base, wave, os.environ["PHIEU_KEY"], known)
    if content and digest(json.loads(content)) != json.loads(content)["digest"]:
        sys.exit("The digest of the sheet is wrong; nothing was kept.")
    if content:
        file.write_bytes(content)
    print("a new sheet" if content else "nothing new")
