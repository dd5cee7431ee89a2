"""The door: signing in and out, the first password, the second factor, proving oneself again."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib.auth import logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from ..base.records import DataClass
from ..people import signin, twofactor
from ..people.access import Audience
from ..people.activation import activate
from ..people.devices import remember_device
from ..people.middleware import is_proved, to_step_up
from ..people.passwords import advice, set_password
from ..people.witness import tell
from .page import Answer, Page, Request

UNLIKE = "两次输入的密码不一致。"


class Door(Page):
    """A page reached before a sign-in is complete."""

    abstract: ClassVar[bool] = True
    before_activation = True
    data_class = DataClass.PUBLIC


def onward(request: Request) -> str:
    return signin.safe_path(request.POST.get("next", request.GET.get("next", "")))


def to_second_factor(wanted: str) -> str:
    """The address of the second step that leads on to what was asked for; the first page needs no mention."""
    return "/" if wanted == "/" else f"{reverse('people.second_factor')}?{urlencode({'next': wanted})}"


class SignIn(Door):
    path, name, title = "sign-in/", "people.sign_in", "登录"
    audience = Audience.PUBLIC
    template = "people/sign_in.html"

    def get(self, request: Request, **kwargs: Any) -> Answer:
        # No look at request.user for strangers: without a session cookie the page costs no query.
        if request.session.session_key and request.user.is_authenticated:
            return HttpResponseRedirect(onward(request))
        return {"next": onward(request), "message": "", "typed": ""}

    def post(self, request: Request, **kwargs: Any) -> Answer:
        now = timezone.now()
        typed, password = request.POST.get("account", "")[:100], request.POST.get("password", "")
        verdict = signin.judge(request, typed, password, now)
        if verdict.user is None:
            return {"next": onward(request), "message": verdict.message, "typed": typed}
        signin.open_session(request, verdict.user, now)
        if signin.has_second_factor(verdict.user):
            return HttpResponseRedirect(to_second_factor(onward(request)))
        response = HttpResponseRedirect(onward(request))
        remember_device(request, response, verdict.user)
        return response


class SignOut(Door):
    path, name, title = "sign-out/", "people.sign_out", "退出登录"
    methods = ("POST",)

    def post(self, request: Request, **kwargs: Any) -> Answer:
        tell(action="people.sign_out", by=request.user, at=timezone.now(), on=request.user)
        logout(request)
        response = HttpResponseRedirect("/sign-in/")
        # Not "cookies": the mark of a known device stays, or a class mate could lock its owner out.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class Activate(Door):
    path, name, title = "activate/", "people.activate", "激活账号"
    audience = Audience.PUBLIC
    template = "people/activate.html"

    def get(self, request: Request, **kwargs: Any) -> Answer:
        return {"faults": {}, "code": "", "advice": advice()}

    def post(self, request: Request, **kwargs: Any) -> Answer:
        code, password = request.POST.get("code", "")[:40], request.POST.get("password", "")
        now = timezone.now()
        try:
            if password != request.POST.get("again", ""):
                raise ValidationError({"again": UNLIKE})
            user = activate(code=code, password=password, at=now)
        except ValidationError as error:
            return {"faults": error.message_dict, "code": code, "advice": advice()}
        signin.open_session(request, user, now)
        response = HttpResponseRedirect("/")
        remember_device(request, response, user)
        return response


class SetPassword(Door):
    path, name, title = "set-password/", "people.set_password", "修改密码"
    template = "people/set_password.html"

    def get(self, request: Request, **kwargs: Any) -> Answer:
        return {"faults": {}, "advice": advice()}

    def post(self, request: Request, **kwargs: Any) -> Answer:
        user, now, password = request.user, timezone.now(), request.POST.get("password", "")
        try:
            if wrong := signin.confirm_password(user, request.POST.get("current", ""), now):
                raise ValidationError({"current": wrong})
            if password != request.POST.get("again", ""):
                raise ValidationError({"again": UNLIKE})
            if password == request.POST.get("current", ""):
                raise ValidationError({"password": "新密码不能与当前密码相同。"})
            set_password(user=user, password=password, by=user, at=now, keep=request.session.session_key or "")
        except ValidationError as error:
            return {"faults": error.message_dict, "advice": advice()}
        update_session_auth_hash(request, user)
        return HttpResponseRedirect(onward(request))


class SecondFactor(Door):
    path, name, title = "second-factor/", "people.second_factor", "两步验证"
    template = "people/second_factor.html"

    def get(self, request: Request, **kwargs: Any) -> Answer:
        if signin.has_second_factor(request.user):
            return {"mode": "ask", "message": "", "next": onward(request)}
        return self.offer(request)

    def offer(self, request: Request, message: str = "") -> Answer:
        """Set up a first code generator; only for someone who has just proved who he is."""
        if not is_proved(request):
            return to_step_up(request)
        secret = twofactor.secret_text(twofactor.begin(request.user))
        spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        return {"mode": "begin", "message": message, "secret": spaced, "next": onward(request)}

    def post(self, request: Request, **kwargs: Any) -> Answer:
        user, now, code = request.user, timezone.now(), request.POST.get("code", "")[:20]
        if not signin.has_second_factor(user):
            if not is_proved(request):
                return to_step_up(request)
            codes = twofactor.confirm(user=user, code=code, by=user, at=now)
            if not codes:
                return self.offer(request, "验证码不正确。请确认手机时间准确，输入当前显示的 6 位数字。")
            self.passed(request)
            return {"mode": "done", "codes": codes, "next": onward(request)}
        try:
            right = twofactor.verify(user=user, code=code, at=now)
        except twofactor.TooManyTries as stop:
            return {"mode": "ask", "message": str(stop), "next": onward(request)}
        if not right:
            return {"mode": "ask", "message": "验证码不正确或已用过，请等待下一个。", "next": onward(request)}
        self.passed(request)
        response = HttpResponseRedirect(onward(request))
        remember_device(request, response, user)
        return response

    def passed(self, request: Request) -> None:
        signin.prove_again(request)
        request.session["second_factor_done"] = True


class SecondFactorPicture(Door):
    path, name, title = "second-factor/qr.svg", "people.second_factor_qr", "两步验证二维码"
    data_class = DataClass.SEALED

    def get(self, request: Request, **kwargs: Any) -> Answer:
        if signin.has_second_factor(request.user) or not is_proved(request):
            return HttpResponse(status=404)
        picture = twofactor.qr_svg(twofactor.begin(request.user))
        return HttpResponse(picture, content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


class StepUp(Door):
    path, name, title = "step-up/", "people.step_up", "再次确认身份"
    template = "people/step_up.html"

    def get(self, request: Request, **kwargs: Any) -> Answer:
        return {"by_code": signin.has_second_factor(request.user), "message": "", "next": onward(request)}

    def post(self, request: Request, **kwargs: Any) -> Answer:
        user, now, by_code = request.user, timezone.now(), signin.has_second_factor(request.user)
        message = ""
        if not by_code:
            message = signin.confirm_password(user, request.POST.get("password", ""), now)
        else:
            try:
                if not twofactor.verify(user=user, code=request.POST.get("code", "")[:20], at=now):
                    message = "验证码不正确或已用过，请等待下一个。"
            except twofactor.TooManyTries as stop:
                message = str(stop)
        if message:
            return {"by_code": by_code, "message": message, "next": onward(request)}
        signin.prove_again(request)
        return HttpResponseRedirect(onward(request))
