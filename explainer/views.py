"""The pages of the publication."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from explainer import advisory, pages
from explainer.article_page import article_page
from explainer.context import THEMES
from explainer.editions import edition_of
from explainer.models import Article
from polls.errors import Refused
from polls.views._answer import local_path, see_other
from polls.views._asked import remember_order, wanted

THEME_AGE = 395 * 24 * 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The latest explainer, the earlier ones, and what may come next."""
    page = wanted(request.GET).page
    shown = pages.home(request.reader, page)
    if page > 1 and not shown.earlier:
        raise Http404
    context = {
        "home": shown,
        "older_url": f"?page={shown.older_page}" if shown.older_page else None,
        "newer_url": f"?page={shown.newer_page}" if shown.newer_page else None,
    }
    return render(request, "explainer/home.html", context)


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One explainer and its afterword; the advisory first to who has not passed it."""
    edition = edition_of(slug)
    if not advisory.has_passed(request, edition.article):
        return advisory.send_there(request, edition.article)
    response = HttpResponse(article_page(request, edition))
    remember_order(request, response)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def advisory_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What an article discusses, before any of its text. POST passes it, to where `next` says."""
    found = get_object_or_404(Article.objects.public(), slug=slug)
    place = advisory.place(found, request.GET.get("next", ""))
    if not found.themes:
        return see_other(place)
    if request.method == "POST":
        response = see_other(place)
        advisory.remember(request, response, found, themes="remember" in request.POST)
        return response
    return render(request, "explainer/advisory.html", {"article": found})


@require_POST
def advisory_forget(request: HttpRequest) -> HttpResponse:
    """Asks about mature themes again."""
    response = see_other(reverse("privacy"))
    advisory.forget(response)
    return response


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Keeps the appearance this browser asks for: auto, light or dark."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        raise Refused(_("Choose auto, light or dark."))
    response = see_other(local_path(request.POST.get("next", ""), reverse("home")))
    if theme == "auto":
        response.delete_cookie(settings.THEME_COOKIE_NAME, samesite="Lax")
    else:
        response.set_cookie(
            settings.THEME_COOKIE_NAME,
            theme,
            max_age=THEME_AGE,
            httponly=True,
            samesite="Lax",
            secure=settings.HTTPS,
        )
    return response


@require_safe
def page(request: HttpRequest, template: str) -> HttpResponse:
    """A page of words: about, privacy, accessibility."""
    return render(request, template, {"remembered": advisory.remembered(request)})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may fetch: everything but the pages of acts and of staff."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in ("/admin/", "/accounts/", "/me/", "/moderation/")),
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look when a page, such as the feed, names no icon."""
    return redirect(static("explainer/favicon.svg"), permanent=True)
