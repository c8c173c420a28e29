from django.urls import path

from designers import views

app_name = "designers"
urlpatterns = [path("workshop/join/<slug:token>/", views.join, name="join")]
