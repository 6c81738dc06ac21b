from tests.deploy.versions.migrations import next as before

__path__ += before.__path__
