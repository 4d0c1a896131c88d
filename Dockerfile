# The service as one image; `serve` is what it does unless told otherwise.
FROM python:3.11-slim AS build
RUN pip install --no-cache-dir uv==0.13.9
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
# The dependencies first: they change less often than our own code.
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev --no-install-project
COPY README.md LICENSE ./
COPY migrations migrations
COPY extractors extractors
COPY search_service search_service
RUN uv sync --locked --no-dev --no-editable

FROM python:3.11-slim
# Numbered, so that Kubernetes can see that it is not root. The folders give a new volume its owner;
# uploads on their way pass through the second.
RUN groupadd --gid 10001 search \
 && useradd --uid 10001 --gid search --home-dir /data --shell /usr/sbin/nologin search \
 && install --directory --owner=search --group=search --mode=0750 /data /data/tmp
COPY --from=build /app/.venv /app/.venv
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TMPDIR=/data/tmp \
    SEARCH_SERVICE_DATA_DIR=/data \
    SEARCH_SERVICE_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:%s/api/v1/health/live' % os.environ.get('SEARCH_SERVICE_PORT', 8000), timeout=4)"]
ENTRYPOINT ["search-service"]
CMD ["serve"]
