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

function showDropping(drop) {
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", (event) => {
    if (!drop.contains(event.relatedTarget)) drop.classList.remove("over");
  });
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
  showDropping(drop);
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

// Several files dropped at once, or chosen in one place, take the places of the form in order.
function compareForm(form) {
  const drop = form.querySelector(".drop");
  const places = [...form.querySelectorAll(".vendor")].map((place) => ({
    file: place.querySelector("input[type=file]"),
    name: place.querySelector("input:not([type=file])"),
  }));
  const trouble = form.querySelector(".trouble");

  function complain(text) {
    trouble.textContent = text;
    trouble.hidden = !text;
  }

  function settle() {
    const given = places.flatMap(({ file }) => [...file.files]);
    for (const { file, name } of places) {
      if (file.files.length && !name.value) name.value = file.files[0].name.replace(/\.[^.]*$/, "").slice(0, 64);
    }
    complain(given.some((file) => file.size > Number(form.dataset.limit)) ? form.dataset.tooBig : "");
  }

  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const free = places.filter(({ file }) => !file.files.length);
    const dropped = [...event.dataTransfer.files];
    dropped.slice(0, free.length).forEach((file, number) => {
      const one = new DataTransfer();
      one.items.add(file);
      free[number].file.files = one.files;
      const hidden = free[number].file.closest("details");
      if (hidden) hidden.open = true;
    });
    settle();
    if (dropped.length > free.length) complain(form.dataset.tooMany);
  });
  showDropping(drop);
  for (const { file } of places) file.addEventListener("change", settle);
}
// States in which a check, or an exam that is drawn or graded, goes on.
const GOES_ON = new Set(["queued", "running", "drawing", "answered"]);

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
      if (!answer.ok || !GOES_ON.has(check.state) || check.failed) {
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
document.querySelectorAll("form.compare").forEach(compareForm);
document.querySelectorAll("#calculator").forEach(sectorForm);
document.querySelectorAll("[data-poll]").forEach(waitForCheck);
