# Two stages: what builds is left behind. Every version is pinned by requirements.lock, by hash.
FROM python:3.11.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/hearthbeat
WORKDIR /src
COPY requirements.lock ./
RUN /opt/hearthbeat/bin/python -m pip install --require-hashes -r requirements.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY monitor monitor
COPY simulators simulators
COPY docs/runbooks docs/runbooks
# docker build --build-arg REVISION=$(git rev-parse HEAD) . puts the revision into the program.
ARG REVISION
RUN HEARTHBEAT_REVISION=$REVISION /opt/hearthbeat/bin/python -m hatchling build --target wheel --directory /tmp/wheel
RUN /opt/hearthbeat/bin/python -m pip install --no-deps --no-index /tmp/wheel/*.whl
RUN /opt/hearthbeat/bin/python -m pip uninstall --yes hatchling editables pathspec pluggy trove-classifiers pip

FROM python:3.11.12-slim-bookworm
LABEL org.opencontainers.image.title="Hearthbeat" org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/hearthbeat /opt/hearthbeat
ENV PATH=/opt/hearthbeat/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/hearthbeat
WORKDIR /var/lib/hearthbeat
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["hearthbeat"]
CMD ["run"]
