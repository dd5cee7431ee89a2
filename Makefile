# 知行 Zhixing. 两条命令：make run（运行演示学校）、make test（运行全部测试）。其余见 make help。
# Works with GNU make 3.81 (macOS) and newer. The work itself is in tools/, so that it also runs without make.

# Compiled modules are kept, whatever the shell says: each command would compile the libraries anew otherwise.
unexport PYTHONDONTWRITEBYTECODE
# Any Python >= 3.11 on this machine; only the very first step uses it.
HOST_PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { command -v $$p; break; }; done)
ZHIXING := .venv/bin/zhixing
PYTHON := .venv/bin/python
# Every measurement; the others in bench/ make inputs or are what one is compared with.
MEASURES = $(filter-out bench/gen_% bench/verify_pandas.py bench/__init__.py, $(sort $(wildcard bench/*.py)))

.PHONY: help python setup setup-dev run test test-spark bench lint format docs lock clean
.DEFAULT_GOAL := help

help:
	@echo "make setup       准备运行环境（.venv 与静态资源）"
	@echo "make run         准备环境、建库、布置演示学校，并启动网站与后台任务（端口用 PORT=8000 指定）"
	@echo "make test        安装测试所需工具并运行全部检查与测试（SQLite 与 PostgreSQL）"
	@echo "make test-spark  在 Spark 上运行名册规则测试（需要 Java 17）"
	@echo "make bench       打印各项性能指标"
	@echo "make lint        只做代码检查"
	@echo "make format      统一代码格式"
	@echo "make docs        重新生成规则与权限清单"
	@echo "make lock        按 pyproject.toml 与 package.json 重新锁定依赖"
	@echo "make clean       删除生成的文件（保留 var/ 中的数据）"

python:
	@test -n "$(HOST_PYTHON)" || { echo "没有找到 Python 3.11 或更高版本。Debian/Ubuntu：sudo apt-get install python3；macOS：brew install python"; exit 1; }

setup: python
	@$(HOST_PYTHON) tools/setup_environment.py

setup-dev: python
	@$(HOST_PYTHON) tools/setup_environment.py --dev

run: setup
	@$(ZHIXING) serve --prepare --with-worker

test: setup-dev
	@$(PYTHON) tools/run_tests.py

test-spark: python
	@$(HOST_PYTHON) tools/run_spark_tests.py

bench: setup-dev
	@for measure in $(MEASURES); do echo; echo "── $$measure"; $(PYTHON) $$measure || exit 1; done

lint: setup-dev
	@$(PYTHON) tools/run_tests.py --lint-only

format: setup-dev
	@$(PYTHON) -m ruff check --fix -q . ; $(PYTHON) -m ruff format -q .

docs: setup-dev
	@$(PYTHON) tools/generate_docs.py

lock: python
	@$(HOST_PYTHON) tools/lock.py

clean:
	@rm -rf .venv .venv-spark .tools node_modules build dist src/zhixing/staticfiles src/zhixing/kernel/pages/static/vendor src/zhixing/kernel/papers/fonts
