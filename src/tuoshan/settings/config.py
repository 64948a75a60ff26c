"""What an operator may set, read from `TUOSHAN_*` environment variables and `DATA_DIR/tuoshan.env`."""

import os
import sys
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parents[3]
List = Annotated[list[str], NoDecode]
Megabytes = Annotated[int, Field(ge=1, le=2048, description="Largest accepted upload of its kind")]


def default_data_dir() -> Path:
    """`var/` of a checkout; else the user's own data folder of the platform."""
    if (CHECKOUT / "pyproject.toml").is_file() and (CHECKOUT / "src" / "tuoshan").is_dir():
        return CHECKOUT / "var"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "tuoshan"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "tuoshan"


class Config(BaseSettings):
    """Each field is `TUOSHAN_` + its name in capitals; lists are separated by commas."""

    model_config = SettingsConfigDict(env_prefix="TUOSHAN_", extra="ignore")

    data_dir: Path = Field(default_factory=default_data_dir, description="Database, evidence, keys, mail folder")
    database_url: str = Field(default="", description="sqlite:///PATH or postgresql://…; empty: a file in DATA_DIR")
    database_pool_size: int = Field(default=8, ge=0, description="PostgreSQL connections per process; 0: no pool")
    sqlite_synchronous: Literal["FULL", "NORMAL", "OFF"] = "FULL"
    secret_key: SecretStr = Field(default=SecretStr(""), description="Newest first; empty: made once and kept")
    field_keys: List = Field(default=[], description="Fernet keys, newest first; empty: made once and kept")
    index_key: SecretStr = Field(default=SecretStr(""), description="Key of blind indexes; empty: made once and kept")
    hosts: List = Field(default=[], description="Host names served, besides loopback and PUBLIC_URL's")
    public_url: str = Field(default="", description="Address in links that are sent out")
    address: str = Field(default="127.0.0.1", description="Address that `serve` listens on")
    port: int = Field(default=8000, ge=1, le=65535)
    web_processes: int = Field(default=1, ge=1)
    web_threads: int = Field(default=2, ge=1, description="Request threads per web process")
    behind_proxy: bool = Field(default=False, description="Believe X-Forwarded-For and X-Forwarded-Proto")
    language: Literal["zh-hans", "en"] = "zh-hans"
    time_zone: str = "Asia/Shanghai"
    company: str = Field(default="", description="Company name before settings hold one")
    debug: bool = False
    log_format: Literal["auto", "json", "console"] = "auto"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    request_log: str = Field(default="", description="File for the lines of requests; empty: with the other lines")
    upload_image_megabytes: Megabytes = 20
    upload_video_megabytes: Megabytes = 100
    upload_other_megabytes: Megabytes = 20
    smtp_host: str = Field(default="", description="Empty: mail goes to DATA_DIR/mail, shown on a screen")
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_from: str = "tuoshan@localhost"

    @field_validator("hosts", "field_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @property
    def base_url(self) -> str:
        """The address for links: PUBLIC_URL, else where `serve` listens."""
        return self.public_url or f"http://{self.address}:{self.port}"

    @property
    def is_https(self) -> bool:
        """Whether people reach us by https, so that cookies are sent over it alone."""
        return self.public_url.startswith("https://")

    @property
    def allowed_hosts(self) -> list[str]:
        """Names in the Host header that are answered."""
        named = urlsplit(self.public_url).hostname
        return ["localhost", "127.0.0.1", "[::1]", *([named] if named else []), *self.hosts]


def read_config() -> Config:
    """Read the environment, then `DATA_DIR/tuoshan.env` for what it leaves out.

    Raises pydantic.ValidationError, naming the variable and what is wrong with it.
    """
    first = Config()
    env_file = first.data_dir / "tuoshan.env"
    return Config(_env_file=env_file) if env_file.is_file() else first
