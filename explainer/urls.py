"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from explainer import signin, views
from explainer.feeds import SITEMAPS, ArticleFeed
from polls import urls as polls

urlpatterns = [
    path("", views.home, name="home"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("articles/<slug:slug>/advisory/", views.advisory_page, name="advisory"),
    path("articles/<slug:key>/", include(polls.discussion)),
    path("", include(polls.site)),
    path("feed/", ArticleFeed(), name="feed"),
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
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("admin/login/", signin.admin_login),
    path("admin/", admin.site.urls),
]
