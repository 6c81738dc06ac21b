from tests.deploy.versions import REAL

__path__ += REAL
