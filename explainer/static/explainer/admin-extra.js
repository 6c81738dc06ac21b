// Some of Django's own fields have no name for a screen reader, or one where none may stand.
(() => {
  const wordsOf = (label) => label.textContent.trim().replace(/:$/, "");

  const nameSelects = () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      const label = document.querySelector(`label[for="${select.id}"]`);
      const shown = select.parentElement.querySelector(".select2-selection__rendered");
      if (label && shown) shown.setAttribute("aria-label", wordsOf(label));
    }
  };

  /* A date and its time share one label. */
  const nameTimes = () => {
    for (const input of document.querySelectorAll(".datetime input:not([aria-label])")) {
      const label = input.closest(".form-row")?.querySelector("label, legend");
      const part = input.previousSibling?.textContent.trim().replace(/:$/, "") ?? "";
      if (label) input.setAttribute("aria-label", `${wordsOf(label)} ${part}`.trim());
    }
  };

  /* The marks in the two-list chooser are pictures with a name. */
  const markPictures = () => {
    for (const mark of document.querySelectorAll("span.help-tooltip[aria-label]")) {
      mark.setAttribute("role", "img");
    }
  };

  const nameAll = () => {
    nameSelects();
    nameTimes();
    markPictures();
  };
  // After what waits for the page in Django's own scripts: those make the selects.
  window.addEventListener("load", () => {
    nameTimes();
    if (window.django?.jQuery) window.django.jQuery(() => setTimeout(nameAll));
    else nameAll();
  });
  document.addEventListener("formset:added", () => setTimeout(nameSelects));
})();
