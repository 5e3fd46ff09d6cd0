"""A Django project as small as the CDCS apps allow. See README.md three folders up."""

from celery import Celery

# Tasks run inside the request that starts them: no broker, no worker.
app = Celery("cdcs_site")
app.conf.update(
    task_always_eager=True,
    task_store_eager_result=False,
    broker_url="memory://",
    result_backend="cache+memory://",
)
app.set_default()
