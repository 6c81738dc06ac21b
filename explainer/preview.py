"""Shows an article as readers will see it, before anybody stores or publishes it."""

import secrets

from django.contrib import admin
from django.db import transaction
from django.forms import BaseForm, all_valid
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from explainer import pages
from explainer.models import Article


def saved(request: HttpRequest, article: Article) -> HttpResponse:
    """The article as it is stored, drawn by the site's own page."""
    examples = list(article.examples.select_related("work"))
    context = pages.article_context(request, article, examples) | {"is_preview": True}
    return render(request, "explainer/article.html", context)


def unsaved(
    request: HttpRequest, article: Article | None, model_admin: admin.ModelAdmin
) -> HttpResponse:
    """What the form says now, saved for as long as it takes to draw it, and rolled back.

    So the preview is what saving would give, discussion and cards included, by the same code.
    """
    change = article is not None
    request.POST = with_placeholders(request.POST)
    with transaction.atomic():
        form = model_admin.get_form(request, article, change=change)(request.POST, instance=article)
        formsets, _inlines = model_admin._create_formsets(request, form.instance, change=change)
        if form.is_valid() and all_valid(formsets):
            shown = model_admin.save_form(request, form, change=change)
            model_admin.save_model(request, shown, form, change)
            model_admin.save_related(request, form, formsets, change)
            response = saved(request, shown)
        else:
            response = _problems(request, model_admin, form, formsets)
        transaction.set_rollback(True)
    return response


def with_placeholders(given: QueryDict) -> QueryDict:
    """A half-written article can be looked at too: what must be filled in later, is for now."""
    data = given.copy()
    placeholders = {
        "title": _("Untitled"),
        "slug": f"preview-{secrets.token_hex(8)}",
        "standfirst": "…",
        "body": "…",
        "subject": "…",
    }
    for name, value in placeholders.items():
        if not data.get(name, "").strip():
            data[name] = value
    return data


def _problems(
    request: HttpRequest, model_admin: admin.ModelAdmin, form: BaseForm, formsets: list
) -> HttpResponse:
    every = [form, *(row for formset in formsets for row in formset.forms)]
    problems = [
        (row.fields[name].label if name in row.fields else "", sentence)
        for row in every
        for name, sentences in row.errors.items()
        for sentence in sentences
    ]
    problems += [("", sentence) for formset in formsets for sentence in formset.non_form_errors()]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("There is a problem"),
        "problems": problems,
        "opts": model_admin.opts,
    }
    template = "admin/explainer/article/preview_problem.html"
    return render(request, template, context, status=422)
