"""nginx: serving a file, as a yardstick; and before the site, as the site says it should."""

import grp
import os
import pwd
import shutil
from pathlib import Path

from explainer.bench import NotMeasuredError
from explainer.bench.processes import HOST, Program, environment, free_port
from explainer.bench.site import PAGE, Site

# What stands around a site. The user is named, or root's workers could not read our folder.
AROUND = """
daemon off;
user {user} {group};
worker_processes auto;
pid {folder}/nginx.pid;
error_log stderr;
pcre_jit on;
events {{ worker_connections 4096; }}
http {{
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  default_type text/html;
  {http}
}}
"""
# As fast as a file is served.
FILE = """
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=10;
  server {{ listen {host}:{port}; root {root}; }}
"""


def serving_a_file(folder: Path, body: bytes) -> Program:
    """nginx with one file, not yet started."""
    root = folder / "root"
    root.mkdir()
    (root / "page.html").write_bytes(body)
    port = free_port()
    return _program(folder, FILE.format(host=HOST, port=port, root=root), port, "/page.html")


def before(site: Site, folder: Path) -> Program:
    """nginx before a site, not yet started."""
    port, cache = free_port(), folder / "cache"
    cache.mkdir()
    printed = site.manage(
        *("deploy-config", "nginx", "--port", str(site.program.port)),
        *("--listen", f"{HOST}:{port}", "--cache-dir", str(cache), "--log-dir", str(folder)),
    )
    return _program(folder, printed, port, PAGE, called=site.program.called)


def _program(folder: Path, http: str, port: int, path: str, called: str = "") -> Program:
    # Debian keeps it where only root's PATH looks.
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if not found:
        raise NotMeasuredError("nginx is not installed (apt-get install nginx-light).")
    user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
    conf = folder / "nginx.conf"
    conf.write_text(AROUND.format(folder=folder, user=user, group=group, http=http))
    command = [found, "-p", str(folder), "-e", "stderr", "-c", str(conf)]
    return Program(command, port, path, env=environment(), log=folder / "nginx.log", called=called)
