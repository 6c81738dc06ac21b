"""What differs from reader to reader on the page of an article, beside the comments."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from django.http import HttpRequest
from django.template.loader import render_to_string

from explainer.editions import Edition
from polls.models import Work
from polls.pieces.frames import draw, kept
from polls.queries.questions import Poll
from polls.queries.traces import Traces
from polls.views import _panels as panels

BEFORE = "explainer/_before.html"
NAV = "_nav.html"


@dataclass(frozen=True)
class Own:
    """One reader before one article. Each method fills the slot of its name."""

    request: HttpRequest
    edition: Edition
    traces: Traces

    def nav(self) -> bytes:
        """The way around the site; with the name of who has signed in, for nobody else to keep."""
        if self.request.user.is_authenticated:
            return render_to_string(NAV, {}, self.request).strip().encode()
        context = {"request": self.request}
        return kept((NAV, self.request.path), lambda: draw(NAV, context))

    def before(self) -> bytes:
        """“Before you read”, until the reader has answered at the close."""
        changing = self.request.GET.get("change") == "before"

        def draws() -> bytes:
            return panels.drawn(BEFORE, before=self._poll.before(changing=changing))

        return self._shared("before", (self._answers, changing), draws)

    def card(self) -> bytes:
        """The questions at the close."""
        said = (self._answers, self.traces.waits)
        return self._shared("card", said, lambda: panels.card(self._poll))

    def favourite(self) -> bytes:
        """“Name a favourite”. A work that few have named is looked up."""
        afterword, named = self.edition.afterword, self.traces.favourite
        if named and named not in afterword.work_by_id:
            return panels.favourite(afterword, Work.objects.filter(pk=named).first())
        mine = afterword.work_by_id.get(named or 0)
        return self._shared("favourite", named, lambda: panels.favourite(afterword, mine))

    def suggest(self) -> bytes:
        """“What should we explain next?”"""

        def draws() -> bytes:
            request = self.request
            return panels.suggest(request, self.edition.afterword, self.traces, request.reader)

        if self.traces.has_asked:
            return draws()
        return self._shared("suggest", self.traces.wanted, draws)

    def composer(self) -> bytes:
        """The form for a comment."""
        request = self.request
        return panels.write(request, self.edition.afterword, self.traces, request.reader)

    def warning(self) -> bytes:
        """A moderator's word to this reader."""
        return panels.warning(self.request, self.request.reader)

    @property
    def _answers(self) -> frozenset:
        return frozenset(self.traces.mine.items())

    @property
    def _poll(self) -> Poll:
        return self.edition.afterword.poll(self.traces)

    def _shared(self, name: str, said: Hashable, draws: Callable[[], bytes]) -> bytes:
        """What all readers see who said the same, as long as nothing public changes."""
        return kept((self.edition.serial, name, said), draws)
