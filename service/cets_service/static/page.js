// Drop area, upload with real progress, waiting for a check. Everything works without this file.
"use strict";

document.documentElement.classList.add("script");

function showMoments() {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  for (const time of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.valueOf())) time.textContent = format.format(moment);
  }
}

function uploadForm(form) {
  const file = form.querySelector("#file");
  const drop = form.querySelector(".drop");
  const name = form.querySelector(".name");
  const sending = form.querySelector(".sending");
  const bar = sending.querySelector("progress");
  const trouble = form.querySelector(".trouble");
  const button = form.querySelector("button");

  function complain(text) {
    trouble.textContent = text;
    trouble.hidden = !text;
  }

  function chosen() {
    const picked = file.files[0];
    name.hidden = !picked;
    name.textContent = picked ? picked.name : "";
    drop.classList.toggle("filled", Boolean(picked));
    complain(picked && picked.size > Number(form.dataset.limit) ? form.dataset.tooBig : "");
  }

  function settle() {
    sending.hidden = true;
    button.disabled = false;
    form.removeAttribute("aria-busy");
  }

  // An answer that is no check page (the file was refused) takes the place of this one's content.
  function replaceMain(text) {
    const answer = new DOMParser().parseFromString(text, "text/html").querySelector("main");
    if (!answer) return false;
    const main = document.querySelector("main");
    main.replaceChildren(...answer.childNodes);
    main.focus();
    window.scrollTo(0, 0);
    return true;
  }

  function send() {
    const request = new XMLHttpRequest();
    const label = sending.querySelector("p");
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/html");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    };
    request.upload.onload = () => {
      label.textContent = form.dataset.uploaded;
      bar.removeAttribute("value");
    };
    request.onload = () => {
      if (request.status < 400) {
        window.location.assign(request.responseURL);
      } else if (!replaceMain(request.responseText)) {
        settle();
        complain(form.dataset.failed);
      }
    };
    request.onerror = request.onabort = () => {
      settle();
      complain(form.dataset.failed);
    };
    label.textContent = form.dataset.uploading;
    bar.value = 0;
    sending.hidden = false;
    button.disabled = true;
    form.setAttribute("aria-busy", "true");
    request.send(new FormData(form));
  }

  file.addEventListener("change", chosen);
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", (event) => {
    if (!drop.contains(event.relatedTarget)) drop.classList.remove("over");
  });
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files.length) {
      file.files = event.dataTransfer.files;
      chosen();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const picked = file.files[0];
    if (!picked) return complain(form.dataset.none);
    if (picked.size > Number(form.dataset.limit)) return complain(form.dataset.tooBig);
    complain("");
    return send();
  });
  window.addEventListener("pageshow", settle);
  chosen();
}

// States in which a check, or an exam, waits for nothing any more.
const ENDED = new Set(["done", "failed", "graded", "expired"]);

function waitForCheck(section) {
  const bar = section.querySelector("progress");
  const stage = section.querySelector("[data-stage]");
  const count = section.querySelector("[data-count]");
  const grouped = new Intl.NumberFormat("en");

  function show(progress) {
    stage.textContent = stage.dataset[progress.stage] || progress.stage || "";
    if (progress.total) {
      bar.max = progress.total;
      bar.value = progress.done || 0;
      count.textContent = count.dataset.text
        .replace("{done}", grouped.format(progress.done || 0))
        .replace("{total}", grouped.format(progress.total));
    } else {
      bar.removeAttribute("value");
      count.textContent = "";
    }
  }

  async function ask() {
    try {
      const answer = await fetch(section.dataset.poll, { headers: { Accept: "application/json" } });
      const check = await answer.json();
      if (!answer.ok || ENDED.has(check.state) || check.failed) {
        window.location.reload();
        return;
      }
      show(check.progress || {});
    } catch {
      // The connection broke for a moment: ask again.
    }
    window.setTimeout(ask, 1000);
  }

  window.setTimeout(ask, 500);
}

// Only the fields of the chosen sector are shown; the server ignores the others anyway.
function sectorForm(form) {
  const sector = form.querySelector("#sector");

  function show() {
    for (const field of form.querySelectorAll("[data-sectors]")) {
      field.hidden = !field.dataset.sectors.split(" ").includes(sector.value);
    }
  }

  sector.addEventListener("change", show);
  show();
}

showMoments();
document.querySelectorAll("form.upload").forEach(uploadForm);
document.querySelectorAll("#calculator").forEach(sectorForm);
document.querySelectorAll("[data-poll]").forEach(waitForCheck);
