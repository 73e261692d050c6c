"""Whatever the API's description allows or forbids: no 5xx, and every answer as described.

``make fuzz`` tries many more examples than the suite does (``CETS_FUZZ``, an operation).
"""

from __future__ import annotations

import os
import warnings

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.checks import (
        not_a_server_error,
    )
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

from cets_service import accounts

from ..conftest import HEADER, WRONG

EXAMPLES = int(os.environ.get("CETS_FUZZ", "2"))
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="CETS_FUZZ" not in os.environ,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # its client leaves answers open
@pytest.mark.parametrize("known", [False, True], ids=["nobody", "operator"])
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_the_api_keeps_its_own_description(start, mode, known):
    """Input as described, and input that is not; from nobody, and from who may do everything."""
    service = start(wait=20.0)
    headers = {}
    if known:
        person = service.add_person(kind="operator", role="admin")
        _, token = accounts.make_token(
            service.parts.store, person, name="fuzz", scopes=accounts.SCOPES, days=1
        )
        headers["Authorization"] = f"Bearer {token}"
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", service.app)
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 10
    operations.sort(key=lambda operation: operation.method.upper() == "DELETE")
    rows = [dict(zip(HEADER.split(","), WRONG.split(","), strict=True))]
    made = schema["/api/v1/checks"]["POST"].Case(
        body={"rows": rows}, media_type="application/json", headers={"Prefer": "wait=20"}
    )
    check_id = made.call_and_validate(checks=CHECKS, headers=headers).json()["id"]
    tried = 0
    for operation in operations:

        @SETTINGS
        @given(case=operation.as_strategy(generation_mode=mode))
        def keeps_it(case):
            nonlocal tried
            tried += 1
            if mode is GenerationMode.POSITIVE and "check_id" in case.path_parameters:
                case.path_parameters["check_id"] = check_id  # no example would ever guess one
            case.call_and_validate(checks=CHECKS, headers=headers)

        try:
            keeps_it()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, operation.label  # nothing to get wrong
    assert tried > len(operations)
