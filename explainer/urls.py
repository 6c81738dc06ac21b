"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.decorators.http import require_safe

from explainer import health, signin, views
from explainer.feeds import SITEMAPS, ArticleFeed
from polls import urls as polls

handler500 = "explainer.observability.failure.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("articles/<slug:slug>/advisory/", views.advisory_page, name="advisory"),
    path("articles/<slug:key>/", include(polls.discussion)),
    path("", include(polls.site)),
    path("feed/", require_safe(ArticleFeed()), name="feed"),
    path("about/", views.page, {"template": "explainer/about.html"}, name="about"),
    path("privacy/", views.page, {"template": "explainer/privacy.html"}, name="privacy"),
    path(
        "accessibility/",
        views.page,
        {"template": "explainer/accessibility.html"},
        name="accessibility",
    ),
    path("privacy/advisories/", views.advisory_forget, name="advisory_forget"),
    path("appearance/", views.appearance, name="appearance"),
    path("accounts/login/", signin.login, name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", require_safe(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/login/", signin.admin_login),
    path("admin/", admin.site.urls),
]
