"""Somebody with an account who works through the API."""

from __future__ import annotations

import io


class Person:
    """Somebody with an account, who works through the API with a token and in pages."""

    def __init__(self, service, kind, name, province=None, organisation=None):
        store = service.parts.store
        self.service = service
        self.organisation = organisation or store.organisations.add(kind, name, province, 30)
        email = f"{name}@example.org"
        self.person = store.people.add(self.organisation.id, email, name, "admin", "-")
        scopes = [
            f"{what}:{how}"
            for what in ("comparisons", "appeals", "checks")
            for how in ("read", "write")
        ]
        _, secret = store.tokens.add(self.person.id, "t", scopes, 86_400)
        self.headers = {"Authorization": f"Bearer {secret}"}

    def get(self, address):
        return self.service.client.get(address, headers=self.headers)

    def post(self, address, value=None, **named):
        more = {} if value is None else {"json": value}
        return self.service.client.post(address, headers=self.headers, **more, **named)

    def browser(self):
        """Give a browser in which the person is signed in."""
        client = self.service.app.test_client()
        secret = self.service.parts.store.sessions.open(self.person.id, 10**6)
        client.set_cookie("cets_session", secret)
        return client

    def compare(self, files, **fields):
        data = {
            "table": [(io.BytesIO(content), f"{name}.csv") for name, content in files.items()],
            "name": list(files),
            **fields,
        }
        return self.post("/api/v1/comparisons", data=data)
