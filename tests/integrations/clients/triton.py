"""Asks an endpoint by Triton's own client: `triton.py HOST:PORT MODEL TOKEN`. Prints what it was answered, as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

PARAMETERS = {"event_time": "2011-05-01T12:00:00Z"}


def tensors(*, binary: bool) -> list[Any]:
    made = []
    for name, datatype, values in (
        ("city", "BYTES", np.array(["dc", "dc"], dtype=np.object_)),
        ("hr", "INT64", np.array([0, 1], dtype=np.int64)),
        ("temp", "FP64", np.array([0.5, 0.5], dtype=np.float64)),
    ):
        tensor = InferInput(name, [2], datatype)
        tensor.set_data_from_numpy(values, binary_data=binary)
        made.append(tensor)
    return made


def main(url: str, model: str, token: str) -> None:
    client = InferenceServerClient(url)
    headers = {"Authorization": f"Bearer {token}"}
    outputs = [InferRequestedOutput("prediction", binary_data=False)]
    answer = client.infer(model, tensors(binary=False), outputs=outputs, request_id="triton-1", parameters=PARAMETERS, headers=headers)
    found: dict[str, Any] = {
        "live": client.is_server_live(),
        "ready": client.is_server_ready(),
        "model_ready": client.is_model_ready(model, headers=headers),
        "other_ready": client.is_model_ready("none", headers=headers),
        "server": client.get_server_metadata(headers=headers),
        "model": client.get_model_metadata(model, headers=headers),
        "id": answer.get_response()["id"],
        "prediction": answer.as_numpy("prediction").tolist(),
    }
    try:
        binary = client.infer(model, tensors(binary=True), outputs=outputs, request_id="triton-2", parameters=PARAMETERS, headers=headers)
        found["binary"] = binary.as_numpy("prediction").tolist()
    except InferenceServerException as error:
        found["refused"] = {"status": error.status(), "message": error.message()}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
