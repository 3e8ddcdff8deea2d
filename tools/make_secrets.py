"""The passwords that docker-compose.yml mounts: made once, at random, into a folder that git ignores.

    python -m tools.make_secrets            into ./secrets; what is there already stays as it is

The folder is for its owner only. The files in it can be read by all, for each container reads its own as a user of its
own, and sees no other.
"""

import base64
import hashlib
import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
USERS = {"hearthbeat": "mqtt-hearthbeat", "simulator": "mqtt-simulator"}
"""Users of the broker, and the file that holds the password of each."""
OTHERS = ("hearthbeat-token", "grafana-admin-password")
HASHES = "mosquitto-passwords"
ROUNDS = 101


def make_secrets(folder: Path) -> list[str]:
    """Make what is not there yet, and return the names of the files made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = [name for name in (*USERS.values(), *OTHERS) if not (folder / name).exists()]
    for name in made:
        _write(folder / name, secrets.token_urlsafe(24))
    if not (folder / HASHES).exists() or set(made) & set(USERS.values()):
        lines = (f"{user}:{hashed((folder / name).read_text().strip())}" for user, name in USERS.items())
        _write(folder / HASHES, "\n".join(lines))
        made.append(HASHES)
    return made


def hashed(password: str) -> str:
    """A password as mosquitto 2 keeps it: PBKDF2 with SHA-512."""
    salt = os.urandom(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS)
    return f"$7${ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _write(file: Path, text: str) -> None:
    file.write_text(f"{text}\n", encoding="utf-8")
    file.chmod(0o644)


def main() -> int:
    """Make what is missing in ./secrets and name it."""
    made = make_secrets(ROOT / "secrets")
    print(
        f"Made in ./secrets: {', '.join(made)}" if made else "Everything is in ./secrets already; nothing was changed."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
