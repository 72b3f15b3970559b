"""The Open Inference Protocol v2 over REST, clause by clause, against a real endpoint process.

No published suite exists. The clauses are those of `inference_rest.md` in kserve/open-inference-protocol, and what its well-known clients
(Triton's and KServe's) send beyond it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.integration.serving.running import make_home, running
from tests.unit.serving.examples import body, spec

MODEL = "/v2/models/bikes"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    home = tmp_path_factory.mktemp("oip") / "home"
    make_home(home, spec())
    with running(home) as endpoint:
        yield endpoint.client


class TestHealth:
    def test_live_and_ready_are_200(self, server: httpx.Client) -> None:
        assert [server.get(f"/v2/health/{name}").status_code for name in ("live", "ready")] == [200, 200]

    def test_live_says_live(self, server: httpx.Client) -> None:
        assert server.get("/v2/health/live").json() == {"live": True}

    def test_a_model_and_its_version_are_ready(self, server: httpx.Client) -> None:
        expected = {"name": "bikes", "ready": True}
        assert [server.get(f"{MODEL}{version}/ready").json() for version in ("", "/versions/mv_1")] == [expected, expected]

    def test_an_unknown_model_or_version_is_not_ready(self, server: httpx.Client) -> None:
        answers = [server.get("/v2/models/none/ready"), server.get(f"{MODEL}/versions/none/ready")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert [list(answer.json()) for answer in answers] == [["error"], ["error"]]


class TestMetadata:
    def test_server_metadata_has_name_version_and_extensions(self, server: httpx.Client) -> None:
        metadata = server.get("/v2").json()
        assert {name: type(value) for name, value in metadata.items()} == {"name": str, "version": str, "extensions": list}

    def test_model_metadata_has_its_required_members(self, server: httpx.Client) -> None:
        metadata = server.get(MODEL).json()
        assert {name: type(value) for name, value in metadata.items()} == {
            "name": str,
            "versions": list,
            "platform": str,
            "inputs": list,
            "outputs": list,
        }
        for tensor in (*metadata["inputs"], *metadata["outputs"]):
            assert {name: type(value) for name, value in tensor.items()} == {"name": str, "datatype": str, "shape": list}

    def test_metadata_of_a_version_is_that_of_the_model(self, server: httpx.Client) -> None:
        assert server.get(f"{MODEL}/versions/mv_1").json() == server.get(MODEL).json()

    def test_what_the_metadata_says_can_be_sent(self, server: httpx.Client) -> None:
        examples: dict[str, Any] = {"BYTES": "dc", "INT64": 1, "FP64": 0.5}
        tensors = [
            {"name": each["name"], "datatype": each["datatype"], "shape": [1], "data": [examples[each["datatype"]]]}
            for each in server.get(MODEL).json()["inputs"]
        ]
        event_time = {"event_time": "2011-05-01T12:00:00Z"}
        assert server.post(f"{MODEL}/infer", json={"inputs": tensors, "parameters": event_time}).status_code == 200

    def test_an_unknown_model_is_404_with_an_error(self, server: httpx.Client) -> None:
        answer = server.get("/v2/models/none")
        assert (answer.status_code, answer.headers["content-type"], list(answer.json())) == (404, "application/json", ["error"])


class TestInference:
    def test_the_answer_has_model_version_id_and_outputs(self, server: httpx.Client) -> None:
        answer = server.post(f"{MODEL}/infer", json=body("shape")).json()
        assert (answer["model_name"], answer["model_version"], answer["id"]) == ("bikes", "mv_1", "shape")
        assert answer["outputs"] == [{"name": "prediction", "shape": [1], "datatype": "FP64", "data": [56.0]}]

    def test_a_version_may_be_in_the_path(self, server: httpx.Client) -> None:
        assert server.post(f"{MODEL}/versions/mv_1/infer", json=body("versioned")).json()["model_version"] == "mv_1"

    def test_an_id_is_echoed_and_one_is_made_where_none_was_sent(self, server: httpx.Client) -> None:
        made = server.post(f"{MODEL}/infer", json=body(None)).json()["id"]
        assert made.startswith("pred_")

    def test_data_may_be_flat_or_nested(self, server: httpx.Client) -> None:
        flat = server.post(f"{MODEL}/infer", json=body("flat", rows=2)).json()["outputs"]
        temperatures = {"name": "temp", "shape": [2, 1], "datatype": "FP64", "data": [[0.5], [0.5]]}
        hours = {"name": "hr", "shape": [2, 1], "datatype": "INT64", "data": [0, 1]}
        assert server.post(f"{MODEL}/infer", json=body("nested", rows=2, temp=temperatures, hr=hours)).json()["outputs"] == flat

    @pytest.mark.parametrize("datatype", ["FP16", "FP32", "FP64", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64"])
    def test_every_numeric_datatype_is_read(self, server: httpx.Client, datatype: str) -> None:
        temperature = {"name": "temp", "shape": [1], "datatype": datatype, "data": [1]}
        assert server.post(f"{MODEL}/infer", json=body(f"type-{datatype}", temp=temperature)).json()["outputs"][0]["data"] == [61.0]

    @pytest.mark.parametrize("outputs", [[], [{"name": "prediction"}], [{"name": "prediction", "parameters": {"classification": 0}}]])
    def test_named_outputs_are_returned(self, server: httpx.Client, outputs: list[Any]) -> None:
        answer = server.post(f"{MODEL}/infer", json={**body(None), "outputs": outputs})
        assert [output["name"] for output in answer.json()["outputs"]] == ["prediction"]

    def test_an_output_that_does_not_exist_is_refused(self, server: httpx.Client) -> None:
        assert server.post(f"{MODEL}/infer", json={**body(None), "outputs": [{"name": "none"}]}).status_code == 400

    def test_unknown_members_and_parameters_are_ignored(self, server: httpx.Client) -> None:
        request = body(None)
        request |= {"model_name": "bikes", "raw": 1, "parameters": {**request["parameters"], "binary_data_output": True, "priority": 3}}
        request["inputs"][0]["parameters"] = {"content_type": "str"}
        assert server.post(f"{MODEL}/infer", json=request).status_code == 200

    @pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "application/octet-stream", None])
    def test_the_content_type_does_not_matter(self, server: httpx.Client, content_type: str | None) -> None:
        content = httpx.Request("POST", server.base_url, json=body(None)).content
        headers = {} if content_type is None else {"content-type": content_type}
        assert server.post(f"{MODEL}/infer", content=content, headers=headers).status_code == 200

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"inputs": 1}', b'{"inputs": [{}]}', b"\xff\xfe"])
    def test_what_is_no_request_is_400_with_an_error(self, server: httpx.Client, content: bytes) -> None:
        answer = server.post(f"{MODEL}/infer", content=content)
        assert (answer.status_code, answer.headers["content-type"], list(answer.json())) == (400, "application/json", ["error"])

    def test_an_unknown_model_is_404_with_an_error(self, server: httpx.Client) -> None:
        answer = server.post("/v2/models/none/infer", json=body())
        assert (answer.status_code, list(answer.json())) == (404, ["error"])
