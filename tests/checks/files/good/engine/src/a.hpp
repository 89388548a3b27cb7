// What it is for.
#pragma once
