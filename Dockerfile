# 知行 Zhixing. UNTESTED: no container engine was at hand when this was written; see docs/how-to/deploy.md.
FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.12-slim AS build
WORKDIR /build
RUN python -m pip install --no-cache-dir uv
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
COPY requirements.lock ./
RUN uv venv /opt/zhixing && uv pip sync --require-hashes --python /opt/zhixing/bin/python requirements.lock
COPY pyproject.toml hatch_build.py README.md LICENSE package-lock.json ./
COPY tools tools
COPY src src
COPY --from=assets /build/node_modules node_modules
RUN /opt/zhixing/bin/python tools/vendor_assets.py \
 && uv pip install --no-deps --python /opt/zhixing/bin/python .

FROM python:3.12-slim
# pg_dump and pg_restore, for `zhixing backup` and `zhixing restore`
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /data --create-home zhixing && chmod 700 /data
COPY --from=build /opt/zhixing /opt/zhixing
ENV PATH=/opt/zhixing/bin:$PATH PYTHONUNBUFFERED=1 ZHIXING_VAR=/data
# Static files belong to the image: every version brings its own, and the data volume stays free of them.
ENV ZHIXING_STATIC_ROOT=/opt/zhixing/static
RUN ZHIXING_VAR=/tmp/build-var zhixing static && rm -rf /tmp/build-var
USER zhixing
WORKDIR /data
VOLUME /data
EXPOSE 8000
CMD ["zhixing", "serve", "--host", "0.0.0.0", "--workers", "2"]
