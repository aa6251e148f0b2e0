"""The release owner's tool: makes and signs the folder that tills get newer programs from (README.md beside this file).

The folder can lie on any web server of files, or on a stick. The private keys never do: they lie on sticks of the
owner's, under a passphrase.
"""

from __future__ import annotations

import argparse
import getpass
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, MetaFile, Root, Signed, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

from pos.domain.business_date import utc_text
from pos.domain.updates import read_version
from pos.durable import flush_file, make_folder, replace_file
from pos.updates.client import FILES, MADE
from pos.updates.desk import DEVELOPMENT

GOOD_FOR = {
    "root": timedelta(days=5 * 365),
    "targets": timedelta(days=2 * 365),
    "snapshot": timedelta(days=190),
    "timestamp": timedelta(days=190),
}
"""How long a signature counts. The last two bound for how long anybody can hold a newer program back."""
ROLES = ("targets", "snapshot", "timestamp")
_PASSPHRASE_LEAST = 12
_SERIALIZER = JSONSerializer(compact=False)


class Refused(Exception):
    """What was asked for is not done; nothing that tills read was changed."""


# ---------------------------------------------------------------- keys


def passphrase(*, new: bool = False) -> bytes:
    """Typed unseen; or the first line of the file that `QUAY_RELEASE_PASSPHRASE_FILE` names."""
    named = os.environ.get("QUAY_RELEASE_PASSPHRASE_FILE")
    if named:
        text = Path(named).read_text("utf-8").split("\n")[0]
    else:
        text = getpass.getpass("Passphrase of the keys: ")
        if new and getpass.getpass("Once more: ") != text:
            raise Refused("the two are not the same")
    if new and len(text) < _PASSPHRASE_LEAST:
        raise Refused(f"a passphrase has at least {_PASSPHRASE_LEAST} characters")
    return text.encode()


def make_key(folder: Path, role: str, secret: bytes) -> CryptoSigner:
    """A new Ed25519 key in a file of its own, encrypted. What is there is never replaced."""
    file = folder / f"{role}.pem"
    if file.exists():
        raise Refused(f"{file} is there already")
    make_folder(folder)
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(secret))
    replace_file(file, pem)
    return CryptoSigner(private, SSlibKey.from_crypto(private.public_key()))


def read_key(folder: Path, role: str, secret: bytes) -> CryptoSigner:
    """A key that was made before."""
    file = folder / f"{role}.pem"
    try:
        private = load_pem_private_key(file.read_bytes(), secret)
    except FileNotFoundError:
        raise Refused(f"{file} is not there") from None
    except ValueError:
        raise Refused(f"{file} does not open: another passphrase?") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise Refused(f"{file} holds another kind of key")
    return CryptoSigner(private, SSlibKey.from_crypto(private.public_key()))


# ---------------------------------------------------------------- the folder


class Repository:
    """The folder that tills read: `metadata` and `targets`. Files are written so that a till that reads meanwhile sees
    the old state or the new one: timestamp.json, which names all others, comes last.
    """

    def __init__(self, folder: Path) -> None:
        self.metadata, self.targets = folder / "metadata", folder / "targets"

    def root(self) -> Metadata[Root]:
        """The newest one."""
        numbers = [int(file.name.split(".")[0]) for file in self.metadata.glob("*.root.json")]
        if not numbers:
            raise Refused(f"there is no repository in {self.metadata.parent}: make one with `init`")
        return Metadata[Root].from_file(str(self.metadata / f"{max(numbers)}.root.json"))

    def current_targets(self) -> Metadata[Targets]:
        """By the snapshot that the timestamp names."""
        snapshot = self.current_snapshot().signed
        return Metadata[Targets].from_file(str(self.metadata / f"{snapshot.meta['targets.json'].version}.targets.json"))

    def current_snapshot(self) -> Metadata[Snapshot]:
        """By the timestamp."""
        number = self.current_timestamp().signed.snapshot_meta.version
        return Metadata[Snapshot].from_file(str(self.metadata / f"{number}.snapshot.json"))

    def current_timestamp(self) -> Metadata[Timestamp]:
        """The one there is."""
        return Metadata[Timestamp].from_file(str(self.metadata / "timestamp.json"))

    def write(self, name: str, data: bytes) -> None:
        """Put it there whole, readable for a web server."""
        make_folder(self.metadata)
        replace_file(self.metadata / name, data)
        (self.metadata / name).chmod(0o644)

    def publish(self, targets: Metadata[Targets] | None, keys: dict[str, CryptoSigner], now: datetime) -> None:
        """Sign new targets (None: as they stand), snapshot and timestamp; timestamp.json last."""
        try:
            snapshot, stamp = self.current_snapshot().signed.version + 1, self.current_timestamp().signed.version + 1
        except Exception:  # noqa: BLE001 - a repository that is being made has neither
            snapshot = stamp = 1
        if targets is None:
            targets = self.current_targets()
        else:
            self.write(f"{targets.signed.version}.targets.json", _signed(targets, [keys["targets"]], "targets", now))
        held = self.metadata / f"{targets.signed.version}.targets.json"
        named = {"targets.json": MetaFile.from_data(targets.signed.version, held.read_bytes(), ["sha256"])}
        listing = Metadata(Snapshot(snapshot, meta=named))
        data = _signed(listing, [keys["snapshot"]], "snapshot", now)
        self.write(f"{snapshot}.snapshot.json", data)
        ending = Timestamp(
            stamp,
            snapshot_meta=MetaFile.from_data(snapshot, data, ["sha256"]),
            unrecognized_fields={MADE: utc_text(now)},
        )
        self.write("timestamp.json", _signed(Metadata(ending), [keys["timestamp"]], "timestamp", now))


def _signed(what: Metadata[Signed], keys: Iterable[CryptoSigner], role: str, now: datetime) -> bytes:
    what.signed.expires = (now + GOOD_FOR[role]).replace(microsecond=0)
    what.signatures.clear()
    for key in keys:
        what.sign(key, append=True)
    return what.to_bytes(_SERIALIZER)


# ---------------------------------------------------------------- commands


def init(repo: Path, sticks: Sequence[Path], threshold: int, now: datetime, *, development: bool = False) -> Path:
    """Make keys and a repository with nothing in it. Returns the root that programs are built with."""
    repository = Repository(repo)
    if repository.metadata.exists():
        raise Refused(f"{repository.metadata} is there already")
    secret = passphrase(new=True)
    root_keys = [make_key(stick, "root", secret) for stick in sticks]
    keys = {role: make_key(sticks[0], role, secret) for role in ROLES}
    root = Root(consistent_snapshot=True, unrecognized_fields={DEVELOPMENT: True} if development else {})
    _set_keys(root, root_keys, keys, threshold)
    repository.write("1.root.json", _signed(Metadata(root), root_keys, "root", now))
    make_folder(repository.targets)
    repository.targets.chmod(0o755)
    repository.publish(Metadata(Targets()), keys, now)
    return repository.metadata / "1.root.json"


def _set_keys(root: Root, root_keys: Sequence[CryptoSigner], keys: dict[str, CryptoSigner], threshold: int) -> None:
    if not 1 <= threshold <= len(root_keys):
        raise Refused("a threshold is at least 1 and at most the number of root keys")
    for role in root.roles:
        for keyid in list(root.roles[role].keyids):
            root.revoke_key(keyid, role)
    for key in root_keys:
        root.add_key(key.public_key, "root")
    root.roles["root"].threshold = threshold
    for role, key in keys.items():
        root.add_key(key.public_key, role)


def add(
    repo: Path, stick: Path, files: Sequence[Path], notes: dict[str, str], commit: str, schema: int, now: datetime
) -> None:
    """Sign these files as the newest programs."""
    repository, targets = Repository(repo), Repository(repo).current_targets()
    for file in files:
        package, version = _kind(file)
        info = TargetFile.from_file(file.name, str(file), ["sha256"])
        told = {"version": version, "package": package, "commit": commit, "schema": schema, "notes": notes}
        info.unrecognized_fields["custom"] = told
        known = targets.signed.targets.get(file.name)
        if known is not None and known.hashes != info.hashes:
            raise Refused(f"{file.name} was signed with other content: give it a version of its own")
        place = repository.targets / f"{info.hashes['sha256']}.{file.name}"
        shutil.copyfile(file, place)
        place.chmod(0o644)
        flush_file(place)
        targets.signed.targets[file.name] = info
    _publish_targets(repository, targets, stick, now)


def remove(repo: Path, stick: Path, names: Sequence[str], now: datetime) -> None:
    """Withdraw files: no till fetches or offers them from then on. Tills that have them keep them."""
    repository, targets = Repository(repo), Repository(repo).current_targets()
    for name in names:
        info = targets.signed.targets.pop(name, None)
        if info is None:
            raise Refused(f"{name} is not in the repository")
        (repository.targets / f"{info.hashes['sha256']}.{name}").unlink(missing_ok=True)
    _publish_targets(repository, targets, stick, now)


def _publish_targets(repository: Repository, targets: Metadata[Targets], stick: Path, now: datetime) -> None:
    secret = passphrase()
    keys = {role: read_key(stick, role, secret) for role in ROLES}
    targets.signed.version += 1
    repository.publish(targets, keys, now)


def _kind(file: Path) -> tuple[str, str]:
    for package, pattern in FILES.items():
        found = pattern.fullmatch(file.name)
        if found is not None:
            read_version(found["version"])
            return package, found["version"]
    raise Refused(f"{file.name} is named like none of the packages")


def refresh(repo: Path, stick: Path, now: datetime) -> None:
    """Sign anew what expires soon: nothing changes but how long it counts."""
    repository, secret = Repository(repo), passphrase()
    keys = {role: read_key(stick, role, secret) for role in ROLES}
    targets = repository.current_targets()
    ends_soon = targets.signed.expires.replace(tzinfo=UTC) < now + GOOD_FOR["targets"] / 2
    if ends_soon:
        targets.signed.version += 1
    repository.publish(targets if ends_soon else None, keys, now)


def rotate_root(repo: Path, old: Sequence[Path], new: Sequence[Path], threshold: int, now: datetime) -> Path:
    """A new root: with new keys of every role on new sticks, or (none given) the same keys for longer.

    Signed by the old root keys, whom tills believe, and by the new ones.
    """
    repository, secret = Repository(repo), passphrase()
    root = repository.root()
    before = [read_key(stick, "root", secret) for stick in old]
    after = [make_key(stick, "root", secret) for stick in new] or before
    keys = {role: make_key(new[0], role, secret) if new else read_key(old[0], role, secret) for role in ROLES}
    believed = Metadata[Root].from_bytes(root.to_bytes(_SERIALIZER))
    root.signed.version += 1
    if new:
        _set_keys(root.signed, after, keys, threshold)
    signers = {key.public_key.keyid: key for key in (*before, *after)}
    data = _signed(root, signers.values(), "root", now)
    try:
        believed.verify_delegate("root", root)  # by those whom tills believe today
        root.verify_delegate("root", root)
    except UnsignedMetadataError:
        raise Refused("not enough of the old root keys: more sticks are needed") from None
    repository.write(f"{root.signed.version}.root.json", data)
    targets = repository.current_targets()
    targets.signed.version += 1
    repository.publish(targets, keys, now)
    return repository.metadata / f"{root.signed.version}.root.json"


# ---------------------------------------------------------------- the command line


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="updates.py", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("init", help="make keys and an empty repository")
    made.add_argument("--keys", type=Path, required=True, nargs="+", metavar="STICK", help="a folder for each root key")
    made.add_argument("--threshold", type=int, help="root keys that must sign (default: more than half)")
    made.add_argument("--development", action="store_true", help="keys that nobody will keep: tills say so")
    added = commands.add_parser("add", help="sign packages as the newest")
    added.add_argument("files", type=Path, nargs="+", metavar="FILE")
    added.add_argument("--notes-vi", type=Path, required=True, metavar="FILE", help="what is new, in Vietnamese")
    added.add_argument("--notes-en", type=Path, required=True, metavar="FILE", help="what is new, in English")
    added.add_argument("--commit", default="", help="of the source, 40 hex digits")
    added.add_argument("--schema", type=int, default=0, help="of the journal it works with")
    removed = commands.add_parser("remove", help="withdraw packages")
    removed.add_argument("names", nargs="+", metavar="NAME")
    refreshed = commands.add_parser("refresh", help="sign anew what expires, at least twice a year")
    rotated = commands.add_parser("rotate-root", help="new keys, or the same for longer")
    rotated.add_argument("--old", type=Path, required=True, nargs="+", metavar="STICK", help="with the old root keys")
    rotated.add_argument("--new", type=Path, default=[], nargs="+", metavar="STICK", help="for new keys of every role")
    rotated.add_argument("--threshold", type=int)
    for command in (added, removed, refreshed):
        command.add_argument("--keys", type=Path, required=True, metavar="STICK")
    for command in commands.choices.values():
        command.add_argument("--repo", type=Path, required=True, metavar="FOLDER", help="what tills read")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command; 2 where it is refused."""
    args = _parser().parse_args(argv)
    os.umask(0o022)
    try:
        _run(args, datetime.now(UTC))
    except (Refused, ValueError, OSError) as error:
        print(f"updates.py: {error}", file=sys.stderr)
        return 2
    return 0


def _run(args: argparse.Namespace, now: datetime) -> None:
    if args.command == "init":
        most = args.threshold or len(args.keys) // 2 + 1
        root = init(args.repo, args.keys, most, now, development=args.development)
        print(f"Build programs with this root: cp {root} resources/updates/root.json")
    elif args.command == "add":
        notes = {"vi": args.notes_vi.read_text("utf-8").strip(), "en": args.notes_en.read_text("utf-8").strip()}
        add(args.repo, args.keys, args.files, notes, args.commit, args.schema, now)
    elif args.command == "remove":
        remove(args.repo, args.keys, args.names, now)
    elif args.command == "refresh":
        refresh(args.repo, args.keys, now)
    else:
        most = args.threshold or len(args.new) // 2 + 1
        root = rotate_root(args.repo, args.old, args.new, most, now)
        print(f"Build the next programs with this root: cp {root} resources/updates/root.json")
    ends = Repository(args.repo).current_timestamp().signed.expires
    print(f"Signed. Tills accept it until {ends:%Y-%m-%d}; run `refresh` before.")


if __name__ == "__main__":
    sys.exit(main())
