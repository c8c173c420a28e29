"""Two S3 servers: moto behaves like Amazon's, nanio checks signatures (moto takes forged ones)."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from tests.services import ports, programs

ACCESS_KEY = "test-access-key"
SECRET_KEY = "test-secret-key-of-a-shop"
REGION = "eu-west-1"


@dataclass(frozen=True)
class Bucket:
    """An empty bucket on a running server, as the shop's settings name it."""

    endpoint: str
    name: str = "touchmark"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make the shop keep its files here."""
        return {
            "AWS_STORAGE_BUCKET_NAME": self.name,
            "AWS_S3_ENDPOINT_URL": self.endpoint,
            "AWS_S3_REGION_NAME": REGION,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        }

    def create(self) -> None:
        self._client().create_bucket(
            Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )

    def open_public_folder(self) -> None:
        """Let everybody read public/, and nothing else: the policy of deploy/README.md."""
        statement = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{self.name}/public/*",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        self._client().put_bucket_policy(Bucket=self.name, Policy=json.dumps(policy))

    def _client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )


@contextmanager
def moto() -> Iterator[Bucket]:
    """Start moto's server; yields an empty bucket on it."""
    port = ports.free()
    # Its own process: the threaded server in ours would be torn down with our imports.
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with _serving(command, port, {}) as bucket:
        bucket.open_public_folder()
        yield bucket


@contextmanager
def nanio() -> Iterator[Bucket]:
    """Start nanio; yields an empty bucket on it that only takes rightly signed requests."""
    port = ports.free()
    with tempfile.TemporaryDirectory(prefix="touchmark-nanio-") as folder:
        command = [sys.executable, "-m", "nanio", "serve", "--data-dir", folder]
        command += ["--host", "127.0.0.1", "--port", str(port)]
        keys = {"NANIO_ACCESS_KEY": ACCESS_KEY, "NANIO_SECRET_KEY": SECRET_KEY}
        with _serving(command, port, keys | {"NANIO_REGION": REGION}) as bucket:
            yield bucket


@contextmanager
def _serving(command: list[str], port: int, environment: dict[str, str]) -> Iterator[Bucket]:
    quiet = subprocess.DEVNULL
    with programs.running(command, env=os.environ | environment, stdout=quiet, stderr=quiet):
        ports.wait_for(port, seconds=40)
        bucket = Bucket(f"http://127.0.0.1:{port}")
        bucket.create()
        yield bucket
