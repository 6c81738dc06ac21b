from tests.deploy.versions.migrations import later as before

__path__ += before.__path__
