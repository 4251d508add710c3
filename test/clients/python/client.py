"""Drives a control plane with a client that openapi-python-client generated."""

import datetime
import os

from vitals import AuthenticatedClient
from vitals.api.heartbeats import send_heartbeat, update_provider_resources
from vitals.api.orders import cordon_provider, drain_provider
from vitals.api.placement import find_candidates
from vitals.api.providers import read_provider, register_provider, remove_provider
from vitals.api.services import deregister_service, look_up_service, register_service
from vitals.models import (
    Amounts,
    Availability,
    Heartbeat,
    InfoUpdate,
    LightCode,
    Metadata,
    Phase,
    ProblemCode,
    RegisteredCheck,
    RegisterProvider,
    RegisterService,
)

client = AuthenticatedClient(
    base_url=os.environ["VITALS_CONTROL_PLANE"],
    token=os.environ["VITALS_TOKEN"],
    raise_on_unexpected_status=True,
)
now = datetime.datetime.now(datetime.timezone.utc)

metadata = Metadata(zone="z1", resources=Amounts(total_cpu=8, total_memory="32GB"))
metadata["rack"] = 7
registered = register_provider.sync(
    client=client,
    body=RegisterProvider(
        name="py-1",
        endpoint="http://127.0.0.1:9",
        service_type="py-vm",
        schema_version="v1",
        metadata=metadata,
    ),
)
assert registered.availability is Availability.UNKNOWN, registered

beat = send_heartbeat.sync("py-1", client=client, body=Heartbeat(timestamp=now, phase=Phase.READY))
assert beat.next_interval_seconds >= 1, beat

update = InfoUpdate(
    timestamp=now,
    capacity=Amounts(cpu=16, memory="64GiB"),
    allocated=Amounts(cpu="500m"),
)
assert update_provider_resources.sync("py-1", client=client, body=update).last_synced_at

found = find_candidates.sync(client=client, service_type="py-vm", cpu=2, memory="1GB", explain=True)
assert [(one.name, one.zone, one.free.cpu) for one in found.candidates] == [("py-1", "z1", 15.5)], found

node = {"service_id": "py-orders", "protocol": "http", "address": "127.0.0.1", "port": 8443, "tag": "test"}
taken = register_service.sync(
    client=client, body=RegisterService(**node, check=RegisteredCheck(interval=60_000))
)
assert taken.code is LightCode.SUC10200, taken
nodes = look_up_service.sync(client=client, service_id="py-orders", tag="test")
assert [one.port for one in nodes] == [8443], nodes

assert cordon_provider.sync_detailed("py-1", client=client).status_code == 204
assert drain_provider.sync("py-1", client=client).drain_requested
assert remove_provider.sync_detailed("py-1", client=client).status_code == 204
assert deregister_service.sync(client=client, **node).code is LightCode.SUC10200
assert read_provider.sync("py-1", client=client).code is ProblemCode.PROVIDER_NOT_REGISTERED
